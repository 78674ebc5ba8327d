//! `POST /admin/users/{id}/release-tickets`: an agent's active tickets go back to the queue.

use crate::{
    auth::Admin,
    error::Problem,
    extract::PathId,
    openapi::{Operation, Who},
    respond::Answer,
    views::person::User,
};
use axum::extract::State;
use shared::{context::Context, people::actions};

/// Puts the active tickets of an agent back to the queue, whether the agent is offline or not.
/// Doing it again does nothing: a repeat needs no key. Each ticket is a transaction of its own.
///
/// # Errors
/// The caller is not an admin; there is no such agent.
pub async fn post(
    Admin(actor): Admin,
    State(cx): State<Context>,
    id: PathId,
) -> Result<Answer, Problem> {
    let (agent, released) = actions::release_tickets(&cx, actor, super::person(&id)?).await?;
    Ok(Answer::of("user", User::from(&agent)).with("released", released))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "releaseTickets",
        Who::Roles("admins"),
        "Put an agent's active tickets back to the queue",
    )
    .about("Whether the agent is offline or not. Doing it again does nothing. `released` says how many there were.")
    .answers::<User>("user")
    .answers::<usize>("released")
}
