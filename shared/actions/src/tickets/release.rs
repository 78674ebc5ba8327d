//! An agent's active tickets return to the queue: when an admin asks for it, when the person is no agent any
//! more, or when the agent has been offline for long. Each ticket has its own transaction, so that a failure
//! delays no other ticket.

use crate::tickets::{SaveMode, load_for_system, save};
use crate::{agents::store as agents, error::ActionError, tickets::store};
use chrono::{DateTime, Utc};
use domain::{
    actor::Initiator,
    ids::{TicketId, UserId},
    people::Availability,
    tickets::{Reassignment, Ticket},
};
use platform::{context::Context, error_chain::Chain, work::UnitOfWork};

/// The condition under which a ticket returns to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// No condition.
    Always,
    /// The person is still no active agent.
    UnlessBack,
    /// The agent went offline at this instant or earlier, and the ticket was assigned by then.
    OfflineSince(DateTime<Utc>),
}

/// Tickets or agents that one query reads.
const BATCH: i64 = 500;

/// Returns an agent's active tickets to the queue. The result is the number of tickets; a second call finds
/// none.
///
/// # Errors
/// A ticket could not be returned; the others were.
pub async fn release(
    cx: &Context,
    agent: UserId,
    by: Initiator,
    when: Release,
) -> Result<usize, ActionError> {
    let mut released: usize = 0;
    let mut failure = None;
    loop {
        let assigned = store::active_of(&cx.pool, agent, BATCH).await?;
        let mut moved = false;
        for ticket in assigned {
            match release_one(cx, ticket, Releasing { agent, by, when }).await {
                Ok(true) => {
                    moved = true;
                    released = released.saturating_add(1);
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(ticket.id = %ticket, error = %Chain(&error), "a ticket could not be returned to the queue");
                    failure = Some(error);
                }
            }
        }
        if !moved {
            return failure.map_or(Ok(released), Err);
        }
    }
}

/// Returns the tickets of agents who have been offline for longer than the settings allow
/// (`REASSIGN_WHEN_OFFLINE_MINUTES`); the result is the number of tickets. Agents who are back keep theirs.
///
/// # Errors
/// The agents cannot be read, or a ticket could not be returned; the others were.
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

/// Whose tickets are released, by whom, and under which condition.
#[derive(Clone, Copy)]
struct Releasing {
    agent: UserId,
    by: Initiator,
    when: Release,
}

/// Returns one ticket. The locked row decides, since the ticket may have another assignee than when it was
/// listed.
async fn release_one(
    cx: &Context,
    ticket: TicketId,
    releasing: Releasing,
) -> Result<bool, ActionError> {
    let Releasing { agent, by, when } = releasing;
    let mut work = cx.begin(by).await?;
    let mut change = load_for_system(&mut work, ticket).await?;
    let ticket = change.ticket();
    if ticket.assigned_to != Some(agent) || !ticket.status.is_active() {
        return Ok(false);
    }
    let Some(again) = reassignment(&mut work, ticket, agent, when).await? else {
        return Ok(false);
    };
    change.return_to_queue(again, work.now())?;
    save(&mut work, &mut change, SaveMode::Update).await?;
    work.commit().await?;
    Ok(true)
}

/// Whether the ticket returns to the queue, and whether automation may assign it to the same agent again. An
/// agent who is away did not turn it down, and may get it again after coming back.
async fn reassignment(
    work: &mut UnitOfWork<'_>,
    ticket: &Ticket,
    agent: UserId,
    when: Release,
) -> Result<Option<Reassignment>, ActionError> {
    let load = work.cx.config.tickets.load;
    let workload = agents::workload(&mut *work.tx, agent, load).await?;
    let is_agent = workload.is_some();
    let is_available = workload
        .as_ref()
        .is_some_and(|agent| agent.availability == Availability::Available);
    let goes_back = match when {
        Release::Always => true,
        Release::UnlessBack => !is_agent,
        Release::OfflineSince(since) => {
            let is_offline = workload.is_some_and(|agent| {
                agent.availability == Availability::Offline && agent.since <= since
            });
            is_offline && ticket.assigned_at.is_some_and(|at| at <= since)
        }
    };
    let again = if is_available {
        Reassignment::ManualOnly
    } else {
        Reassignment::Allowed
    };
    Ok(goes_back.then_some(again))
}
