//! An agent's active tickets go back to the queue: when an admin says so, because the agent is
//! one no longer, or has been offline for long. Each has a transaction of its own, so that one that fails holds up no other.

use crate::tickets::{SaveMode, load_for_system, save};
use crate::{assignment::store as agents, error::ActionError, tickets::store};
use chrono::{DateTime, Utc};
use domain::{
    actor::Initiator,
    ids::{TicketId, UserId},
    people::Availability,
    tickets::{Reassignment, Ticket},
};
use platform::{context::Context, error_chain::Chain, work::UnitOfWork};

/// When the tickets are put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// In any case.
    Always,
    /// Unless the person is an agent again meanwhile.
    UnlessBack,
    /// While the agent has been offline since this instant or longer, and has had the ticket for as long.
    OfflineSince(DateTime<Utc>),
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
    by: Initiator,
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

/// Puts back what agents have who have been offline for as long as the settings allow; gives the
/// number of tickets. An agent who is back is left alone, and may be given the same tickets again.
///
/// # Errors
/// The agents cannot be read; a ticket could not be put back; the others were.
pub async fn release_of_offline(cx: &Context) -> Result<usize, ActionError> {
    let Some(patience) = cx.config.tickets.reassign_when_offline else {
        return Ok(0);
    };
    let since = cx.clock.now() - patience;
    let mut released: usize = 0;
    for agent in agents::offline_with_tickets(&cx.pool, since, BATCH).await? {
        let when = Release::OfflineSince(since);
        released = released.saturating_add(release(cx, agent, Initiator::System, when).await?);
    }
    Ok(released)
}

/// Decides by the row as it is now, locked: it may have changed hands since it was listed.
async fn one(
    cx: &Context,
    ticket: TicketId,
    agent: UserId,
    (by, when): (Initiator, Release),
) -> Result<bool, ActionError> {
    let mut work = cx.begin(by).await?;
    let mut case = load_for_system(&mut work, ticket).await?;
    let ticket = case.ticket();
    if ticket.assigned_to != Some(agent) || !ticket.status.is_active() {
        return Ok(false);
    }
    let Some(again) = judge(&mut work, ticket, agent, when).await? else {
        return Ok(false);
    };
    case.return_to_queue(again, work.now())?;
    save(&mut work, &mut case, SaveMode::Update).await?;
    work.commit().await?;
    Ok(true)
}

/// Whether the ticket goes back, and whether the agent may be given it again. Who is away did not
/// turn it down, and may have it again after coming back.
async fn judge(
    work: &mut UnitOfWork<'_>,
    ticket: &Ticket,
    agent: UserId,
    when: Release,
) -> Result<Option<Reassignment>, ActionError> {
    let load = work.cx.config.tickets.load;
    let held = agents::held(&mut *work.tx, agent, load).await?;
    let (is_back, is_here) = (
        held.is_some(),
        held.as_ref()
            .is_some_and(|held| held.availability == Availability::Available),
    );
    let goes_back = match when {
        Release::Always => true,
        Release::UnlessBack => !is_back,
        Release::OfflineSince(since) => {
            let gone = held.is_some_and(|held| {
                held.availability == Availability::Offline && held.since <= since
            });
            gone && ticket.assigned_at.is_some_and(|at| at <= since)
        }
    };
    let again = if is_here {
        Reassignment::ManualOnly
    } else {
        Reassignment::Allowed
    };
    Ok(goes_back.then_some(again))
}
