//! `PATCH /admin/users/{id}`: the role of a person, whether the account is active, and the support
//! information of staff.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    routes::admin_write::AdminWrite,
    views::person::User,
};
use actions::people::store;
use axum::{extract::State, response::Response};
use domain::{people::PersonChange, reader::ObjectReader};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Changes an account: `{role?, active?, supportInfo?}`; absent fields stay. The change applies from
/// the next request on. The active tickets of a person who is no longer an active agent return to the
/// queue.
///
/// # Errors
/// 401, 403 for anybody but an admin, 404, 409 where no admin would be left or the employee number is
/// taken, 422.
pub async fn patch(State(cx): State<Context>, write: AdminWrite) -> Result<Response, Problem> {
    let change = write.once(&cx, super::person, |work, person, payload| {
        async move {
            store::person(&mut work.tx, person, work.cx.config.tickets.load).await?;
            let change = payload.read_patch(body)?;
            let changed = actions::people::change_person(work, person, &change).await?;
            Ok(Answer::of("user", User::from(&changed)))
        }
        .boxed()
    });
    change.await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<PersonChange> {
    Some(PersonChange::read(body))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changeUser", Access::Roles("admins"), "Change an account")
        .description(
            "Absent fields stay. The change applies from the next request on. If the person is no longer an active agent, the \
             active tickets of that person return to the queue.",
        )
        .patch(
            body,
            json!({"role": "support", "active": true, "supportInfo": {"department": "technical", "level": 2}}),
        )
        .conflicts(&["employee_id_taken", "last_admin"])
        .answers::<User>("user")
}
