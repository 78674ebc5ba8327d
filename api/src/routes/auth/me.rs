//! `GET`, `PATCH /auth/me`: the caller's own account.

use crate::{
    client::ClientAddress,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    state::ApiState,
    throttle::Account,
    views::person::User,
};
use actions::{error::ActionError, people::store};
use axum::extract::State;
use domain::{
    actor::Initiator,
    people::{ProfileChange, Role},
};
use platform::context::Context;
use serde_json::json;

/// Shows the account of the caller.
///
/// # Errors
/// 401.
pub async fn me(caller: SignedIn, State(cx): State<Context>) -> Result<Answer, Problem> {
    let mut db = cx.pool.acquire().await?;
    let person = store::person(&mut db, caller.actor.id, cx.config.tickets.load).await?;
    Ok(Answer::of("user", User::from(&person)))
}

/// Changes the account of the caller; absent fields stay. Another address needs `currentPassword`, and takes
/// effect once it is confirmed by the link that is mailed to it.
///
/// # Errors
/// 401, 409 where the address or the employee number is taken, 422, 429 after too many wrong passwords.
pub async fn patch(
    caller: SignedIn,
    State(api): State<ApiState>,
    client: ClientAddress,
    payload: Payload,
) -> Result<Answer, Problem> {
    let mut change =
        payload.read_patch(|body| Some(ProfileChange::read(body, caller.actor.role)))?;
    let account = Account::Person(caller.actor.id);
    let tries_password = change.tries_password();
    let by = caller.actor;
    let change = async {
        let wanted =
            actions::people::wanted_address(&api.cx, &api.passwords, by.id, &mut change).await?;
        let mut work = api.cx.begin(Initiator::Person(by)).await?;
        let person = actions::people::change_profile(&mut work, by.id, wanted, &change).await?;
        work.commit().await?;
        Ok::<_, ActionError>(person)
    };
    let person = if tries_password {
        api.throttle.guard(account, client, change).await?
    } else {
        change.await?
    };
    Ok(Answer::of("user", User::from(&person)))
}

pub(crate) fn get_operation() -> Operation {
    Operation::new("getMe", Access::SignedIn, "Show your account")
        .description("Your account as you and the admins see it.")
        .answers::<User>("user")
}

pub(crate) fn patch_operation() -> Operation {
    Operation::new("changeMe", Access::SignedIn, "Change your account")
        .description(
            "Absent fields stay. Another `email` needs `currentPassword`, and takes effect once it is confirmed by the link \
             that is mailed to it. The present `email` requests that link again. `supportInfo` is for staff; only an admin \
             can set `department`, `employeeId`, `level` and `maxConcurrentTickets` in it.",
        )
        .patch(
            // The document shows the fields of an admin, which include those of all other roles.
            |body| ProfileChange::read(body, Role::Admin),
            json!({"phoneNumber": "+254712345678", "language": "sw", "timezone": "Africa/Nairobi"}),
        )
        .conflicts(&["email_taken", "employee_id_taken", "password_elsewhere"])
        .counts_failures()
        .answers::<User>("user")
}
