//! An admin puts back what an agent has, who is offline, on leave or overburdened.

use crate::{
    context::Context,
    error::ActionError,
    ids::UserId,
    people::{Person, store},
    tickets::actions::{Release, release},
    work::{Actor, By},
};

/// Puts an agent's active tickets back to the queue; automation finds other agents for them.
///
/// # Errors
/// There is no such agent.
pub async fn release_tickets(
    cx: &Context,
    by: Actor,
    agent: UserId,
) -> Result<(Person, usize), ActionError> {
    let mut db = cx.pool.acquire().await?;
    if store::person(&mut db, agent).await?.support_info.is_none() {
        return Err(ActionError::NotFound("agent"));
    }
    let released = release(cx, agent, By::Person(by), Release::Always).await?;
    Ok((store::person(&mut db, agent).await?, released))
}
