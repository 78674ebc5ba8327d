//! An agent's active tickets go back to the queue: when an admin says so, or because the agent is
//! one no longer. Each has a transaction of its own, so that one that fails holds up no other.

use super::{Newness, load_for_system, refused, save};
use crate::{
    assignment,
    context::Context,
    error::{ActionError, Chain},
    ids::{TicketId, UserId},
    people::Availability,
    tickets::{Status, store},
    work::By,
};

/// When the tickets are put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// In any case.
    Always,
    /// Unless the agent is back at work meanwhile.
    UnlessBack,
}

/// Tickets handled at a time.
const BATCH: i64 = 500;

/// Puts an agent's active tickets back to the queue; gives their number. Doing it again finds
/// nothing left to do.
///
/// # Errors
/// A ticket could not be put back; the others were.
pub async fn release(
    cx: &Context,
    agent: UserId,
    by: By,
    when: Release,
) -> Result<usize, ActionError> {
    let mut released: usize = 0;
    let mut failure = None;
    loop {
        let held = store::active_of(&cx.pool, agent, BATCH).await?;
        let mut moved = false;
        for ticket in held {
            match one(cx, ticket, agent, (by, when)).await {
                Ok(true) => {
                    moved = true;
                    released = released.saturating_add(1);
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(ticket.id = %ticket, error = %Chain(&error), "a ticket could not be put back");
                    failure = Some(error);
                }
            }
        }
        if !moved {
            return failure.map_or(Ok(released), Err);
        }
    }
}

/// Decides by the row as it is now, locked: it may have changed hands since it was listed.
async fn one(
    cx: &Context,
    ticket: TicketId,
    agent: UserId,
    (by, when): (By, Release),
) -> Result<bool, ActionError> {
    let mut work = cx.begin(by).await?;
    let mut case = load_for_system(&mut work, ticket).await?;
    let room = assignment::store::room(&mut *work.tx, agent).await?;
    let is_back = when == Release::UnlessBack && room.is_some();
    if case.ticket.assigned_to != Some(agent) || !case.ticket.status.is_active() || is_back {
        return Ok(false);
    }
    case.set_status(Status::Open, by.person(), work.now)
        .map_err(|no| refused(no, "put back"))?;
    let is_here = room.is_some_and(|held| held.availability == Availability::Available);
    if !is_here {
        // Who is away did not turn it down, and may have it again after coming back.
        case.ticket.handed_back_by = None;
    }
    save(&mut work, &mut case, Newness::Loaded).await?;
    work.commit().await?;
    Ok(true)
}
