//! `POST /admin/users/{id}/release-tickets`: returns an agent's active tickets to the queue.

use crate::{
    error::Problem,
    openapi::{Access, Operation},
    respond::Answer,
    routes::admin_write::AdminWrite,
    unknown_parameters::UnknownParameters,
    views::person::User,
};
use actions::people::store;
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use platform::context::Context;

/// Returns the active tickets of an agent to the queue, whether the agent is offline or not. Each
/// ticket is a transaction of its own: a repeat after a request that broke off returns the rest.
///
/// # Errors
/// 401, 403 for anybody but an admin, 404 where there is no such agent.
pub async fn post(
    State(cx): State<Context>,
    unknown: UnknownParameters,
    write: AdminWrite,
) -> Result<Response, Problem> {
    let release = write.once(&cx, super::person, move |work, id, _| {
        async move {
            // The returned tickets are committed one by one: no refusal may come after them.
            let load = work.cx.config.tickets.load;
            let person = store::person(&mut work.tx, id, load).await?;
            if person.support_info.is_some() {
                unknown.refuse()?;
            }
            let (agent, released) = actions::people::release_tickets(work, id).await?;
            Ok(Answer::of("user", User::from(&agent)).with("released", released))
        }
        .boxed()
    });
    release.await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "releaseTickets",
        Access::Roles("admins"),
        "Return an agent's active tickets to the queue",
    )
    .description(
        "The agent need not be offline. `released` is the number of tickets that were returned.",
    )
    .answers::<User>("user")
    .answers_like("released", &3_usize)
    .answer_named("ReleasedTicketsResponse")
}
