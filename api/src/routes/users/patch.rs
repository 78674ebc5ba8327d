//! `PATCH /admin/users/{id}`: what somebody may do, whether the account may be used, and what
//! staff are known by.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
    views::person::User,
};
use actions::people::store;
use axum::{extract::State, response::Response};
use domain::{people::PersonChange, reader::ObjectReader};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Changes an account: `{role?, active?, supportInfo?}`; what is absent stays. It counts from the
/// next request on. Whoever stops being an agent has the active tickets put back to the queue.
///
/// # Errors
/// The caller is not an admin; there is no such account; nobody would be left as an admin.
pub async fn patch(
    Admin(actor): Admin,
    State(cx): State<Context>,
    id: PathId,
    patch: Write,
) -> Result<Response, Problem> {
    let person = super::person(&id)?;
    patch
        .once(&cx, actor, move |work, payload| {
            async move {
                store::person(&mut work.tx, person, work.cx.config.tickets.load).await?;
                let change = payload.read_patch(body)?;
                let changed = actions::people::change_person(work, person, &change).await?;
                Ok(Answer::of("user", User::from(&changed)))
            }
            .boxed()
        })
        .await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<PersonChange> {
    Some(PersonChange::read(body))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changeUser", Access::Roles("admins"), "Change an account")
        .about("What is absent stays. It counts from the next request on. Whoever stops being an active agent has the active tickets \
            put back to the queue.")
        .patch(
            body,
            json!({"role": "support", "active": true, "supportInfo": {"department": "technical", "level": 2}}),
        )
        .conflicts(&["employee_id_taken", "last_admin"])
        .answers::<User>("user")
}
