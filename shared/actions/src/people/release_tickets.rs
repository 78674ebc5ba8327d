//! An admin puts back what an agent has, who is offline, on leave or overburdened.

use crate::{
    error::ActionError,
    people::store,
    tickets::{Release, release},
};
use domain::{ids::UserId, people::Person};
use platform::work::UnitOfWork;

/// Puts an agent's active tickets back to the queue; automation finds other agents for them. Each
/// is a transaction of its own, and stays put back whatever becomes of `work`.
///
/// # Errors
/// There is no such agent.
pub async fn release_tickets(
    work: &mut UnitOfWork<'_>,
    agent: UserId,
) -> Result<(Person, usize), ActionError> {
    let load = work.cx.config.tickets.load;
    let before = store::person(&mut work.tx, agent, load).await?;
    if before.support_info.is_none() {
        return Err(ActionError::NotFound("agent"));
    }
    let released = release(work.cx, agent, work.by(), Release::Always).await?;
    let after = store::person(&mut work.tx, agent, load).await?;
    Ok((after, released))
}
