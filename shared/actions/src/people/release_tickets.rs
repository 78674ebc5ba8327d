//! An admin returns the tickets of an agent who is away or overloaded to the queue.

use crate::{
    error::ActionError,
    people::store,
    tickets::{Release, release},
};
use domain::{ids::UserId, people::Person};
use platform::work::UnitOfWork;

/// Returns an agent's active tickets to the queue; automation assigns them to other agents. The result is the
/// person and the number of tickets. Each ticket has its own transaction, which a rollback of `work` does not
/// undo.
///
/// # Errors
/// [`ActionError::NotFound`] when the person does not exist or is no agent; a ticket could not be returned, while
/// the others were.
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
