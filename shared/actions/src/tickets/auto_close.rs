//! Sweep: what was resolved long ago is closed; a customer who has been asked is reminded, and
//! the ticket resolved when no answer comes.

use crate::tickets::{SaveMode, load_for_system, save};
use crate::{error::ActionError, tickets::store};
use domain::{actor::Initiator, ids::TicketId, tickets::Status};
use platform::{context::Context, error_chain::Chain, work::UnitOfWork};

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AutoClosed {
    /// Tickets closed.
    pub closed: usize,
    /// Customers reminded.
    pub reminded: usize,
    /// Tickets resolved for want of an answer.
    pub resolved: usize,
    /// Tickets that could not be handled; the next sweep tries again.
    pub failed: usize,
}

/// Tickets handled in one sweep at most; the next takes the rest.
const BATCH: i64 = 500;

/// Sweeps once. Each ticket has a transaction of its own, so that one that fails holds up no other.
///
/// # Errors
/// The tickets cannot be listed.
pub async fn auto_close(cx: &Context) -> Result<AutoClosed, ActionError> {
    let rules = &cx.config.tickets;
    let now = cx.clock.now();
    let mut due = store::resolved_before(&cx.pool, now - rules.auto_close_after, BATCH).await?;
    let waiting = store::waiting_for_customer(
        &cx.pool,
        now - rules.remind_after,
        now - rules.resolve_waiting_after,
        BATCH,
    );
    due.extend(waiting.await?);
    let mut done = AutoClosed::default();
    for ticket in due {
        match one(cx, ticket).await {
            Ok(Some(Did::Closed)) => done.closed = done.closed.saturating_add(1),
            Ok(Some(Did::Reminded)) => done.reminded = done.reminded.saturating_add(1),
            Ok(Some(Did::Resolved)) => done.resolved = done.resolved.saturating_add(1),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(ticket.id = %ticket, error = %Chain(&error), "a ticket could not be auto-closed");
                done.failed = done.failed.saturating_add(1);
            }
        }
    }
    Ok(done)
}

enum Did {
    Closed,
    Reminded,
    Resolved,
}

async fn one(cx: &Context, ticket: TicketId) -> Result<Option<Did>, ActionError> {
    let mut work = cx.begin(Initiator::System).await?;
    let did = decide(&mut work, ticket).await?;
    work.commit().await?;
    Ok(did)
}

/// Decides by the row as it is now, locked: it may have changed since it was listed.
async fn decide(work: &mut UnitOfWork<'_>, ticket: TicketId) -> Result<Option<Did>, ActionError> {
    let rules = &work.cx.config.tickets;
    let now = work.now();
    let mut case = load_for_system(work, ticket).await?;
    let ticket = case.ticket();
    let (asked, reminded) = (ticket.waiting_since, ticket.reminded_at);
    let did = match ticket.status {
        Status::Resolved
            if ticket
                .resolved_at
                .is_some_and(|at| at <= now - rules.auto_close_after) =>
        {
            case.close_resolved(now)?;
            Did::Closed
        }
        Status::WaitingCustomer
            if asked.is_some_and(|at| at <= now - rules.resolve_waiting_after) =>
        {
            case.resolve_unanswered(now)?;
            Did::Resolved
        }
        Status::WaitingCustomer
            if reminded.is_none() && asked.is_some_and(|at| at <= now - rules.remind_after) =>
        {
            case.remind(now)?;
            Did::Reminded
        }
        Status::Open
        | Status::Assigned
        | Status::InProgress
        | Status::WaitingCustomer
        | Status::WaitingInternal
        | Status::Escalated
        | Status::Reopened
        | Status::Resolved
        | Status::Closed => return Ok(None),
    };
    save(work, &mut case, SaveMode::Update).await?;
    Ok(Some(did))
}
