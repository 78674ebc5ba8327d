//! `POST /auth/register`: creates an account.

use super::logged_in;
use crate::{
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    state::ApiState,
    views::person::User,
};
use actions::people::{Registered, may_register, register as register_person};
use axum::extract::State;
use domain::{
    actor::Initiator,
    people::{NewPerson, Role},
    reader::ObjectReader,
};
use serde_json::json;

/// Registers a person. The permission for the role is checked before the other fields.
///
/// # Errors
/// 401 for an invalid token, 403 for a staff role without the token of an admin, 409 where the address or the
/// employee number is taken, 422.
pub async fn register(
    caller: Option<SignedIn>,
    State(api): State<ApiState>,
    payload: Payload,
) -> Result<Answer, Problem> {
    let by = caller.map(|caller| caller.actor);
    let mut body = payload.object()?;
    let role = body.word("role");
    may_register(&api.cx, by, role.unwrap_or(Role::Customer))?;
    let new = NewPerson::read(&mut body, role, by.map(|actor| actor.role));
    let new = body.finish(new).map_err(Problem::invalid)?;
    let hash = api.passwords.hash(new.password(), api.cx.ids.bytes());
    let hash = hash.await?;
    let mut work = api
        .cx
        .begin(by.map_or(Initiator::System, Initiator::Person))
        .await?;
    let registered = register_person(&mut work, &new, hash).await?;
    work.commit().await?;
    match registered {
        Registered::Oneself(login) => Ok(logged_in(&api, &login)?.created("/api/v1/auth/me")),
        Registered::BySomebodyElse(person) => Ok(Answer::of("user", User::from(&*person))
            .created(&format!("/api/v1/admin/users/{}", person.id))),
    }
}

pub(crate) fn operation() -> Operation {
    // The document shows the fields of an admin, which include those of all other roles.
    let body = |body: &mut ObjectReader| {
        let role = body.word("role");
        NewPerson::read(body, role, Some(Role::Admin))
    };
    super::gives_tokens(Operation::new("register", Access::Anybody, "Create an account"))
        .description(
            "Everybody may register as a customer, technician or corporate customer. Only an admin may register agents and \
             admins: others get 403. An admin who registers another person gets no tokens for that person. `level` and \
             `maxConcurrentTickets` have an effect only if an admin sends them.",
        )
        .recognises()
        .forbids(&["staff_registration_closed"])
        .conflicts(&["email_taken", "employee_id_taken"])
        .creates()
        .or_answers_first_alone("RegistrationResponse")
        .body(
            body,
            json!({
                "firstName": "Sarah",
                "lastName": "Support",
                "email": "sarah.support@baitech.com",
                "phoneNumber": "+254712345678",
                "password": "SecurePass123!",
                "role": "support",
            }),
        )
}
