//! `POST /admin/users/{id}/release-tickets`: an agent's active tickets go back to the queue.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
    unknown_parameters::UnknownParameters,
    views::person::User,
};
use actions::people::store;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Puts the active tickets of an agent back to the queue, whether the agent is offline or not.
/// Each ticket is a transaction of its own: a repeat after a call that broke off does the rest.
///
/// # Errors
/// The caller is not an admin; there is no such agent.
pub async fn post(
    Admin(actor): Admin,
    State(cx): State<Context>,
    id: PathId,
    unknown: UnknownParameters,
    post: Write,
) -> Result<Response, Problem> {
    let id = super::person(&id)?;
    post.once(&cx, actor, move |work, _| {
        async move {
            // Each ticket is put back for good by itself: there would be nothing to undo afterwards.
            let load = work.cx.config.tickets.load;
            let person = store::person(&mut work.tx, id, load).await?;
            if person.support_info.is_some() {
                unknown.refuse()?;
            }
            let (agent, released) = actions::people::release_tickets(work, id).await?;
            Ok(Answer::of("user", User::from(&agent)).with("released", released))
        }
        .boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "releaseTickets",
        Access::Roles("admins"),
        "Put an agent's active tickets back to the queue",
    )
    .about("Whether the agent is offline or not. `released` says how many there were.")
    .answers::<User>("user")
    .answers_like("released", &3_usize)
}
