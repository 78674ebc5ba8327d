//! `GET`, `PATCH /auth/me`: the caller's own account.

use crate::{
    auth::SignedIn,
    client::ClientAddress,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
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

/// Tells the caller's own account.
///
/// # Errors
/// Nobody is logged in.
pub async fn me(caller: SignedIn, State(cx): State<Context>) -> Result<Answer, Problem> {
    let mut db = cx.pool.acquire().await?;
    let person = store::person(&mut db, caller.actor.id, cx.config.tickets.load).await?;
    Ok(Answer::of("user", User::from(&person)))
}

/// Changes the caller's own account; what is absent stays. Another address needs
/// `currentPassword`, and counts once it is confirmed by the link that is mailed to it.
///
/// # Errors
/// A field is wrong; the address is taken; the password was tried too often.
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
    Operation::new("getMe", Access::SignedIn, "Show your account").answers::<User>("user")
}

pub(crate) fn patch_operation() -> Operation {
    Operation::new("changeMe", Access::SignedIn, "Change your account")
        .about("What is absent stays. Another address needs `currentPassword`, and counts once it is confirmed by the link that is \
            mailed to it; the present one asks for that link again. `supportInfo` is for staff; an admin alone sets `department`, \
            `employeeId`, `level` and `maxConcurrentTickets` in it.")
        .patch(
            // As an admin reads it: everybody else's fields are among an admin's.
            |body| ProfileChange::read(body, Role::Admin),
            json!({"phoneNumber": "+254712345678", "language": "sw", "timezone": "Africa/Nairobi"}),
        )
        .conflicts(&["email_taken", "employee_id_taken", "password_elsewhere"])
        .counts_failures()
        .answers::<User>("user")
}
