//! Sweep: closes tickets that were resolved long ago, reminds customers of a question, and resolves the tickets
//! of customers who do not answer.

use crate::tickets::{SaveMode, load_for_system, save};
use crate::{error::ActionError, tickets::store};
use domain::{actor::Initiator, ids::TicketId, tickets::Status};
use platform::{context::Context, error_chain::Chain, work::UnitOfWork};

/// The number of tickets that a sweep changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AutoClosed {
    /// Tickets closed.
    pub closed: usize,
    /// Tickets whose customers were reminded.
    pub reminded: usize,
    /// Tickets resolved because no answer came.
    pub resolved: usize,
    /// Tickets that could not be handled; the next sweep tries again.
    pub failed: usize,
}

/// The most tickets of each kind in one sweep; the next sweep handles the rest.
const BATCH: i64 = 500;

/// Sweeps once. Each ticket has its own transaction, so that a failure delays no other ticket.
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
        match sweep_one(cx, ticket).await {
            Ok(Some(Outcome::Closed)) => done.closed = done.closed.saturating_add(1),
            Ok(Some(Outcome::Reminded)) => done.reminded = done.reminded.saturating_add(1),
            Ok(Some(Outcome::Resolved)) => done.resolved = done.resolved.saturating_add(1),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(ticket.id = %ticket, error = %Chain(&error), "a ticket could not be auto-closed");
                done.failed = done.failed.saturating_add(1);
            }
        }
    }
    Ok(done)
}

enum Outcome {
    Closed,
    Reminded,
    Resolved,
}

async fn sweep_one(cx: &Context, ticket: TicketId) -> Result<Option<Outcome>, ActionError> {
    let mut work = cx.begin(Initiator::System).await?;
    let outcome = decide(&mut work, ticket).await?;
    work.commit().await?;
    Ok(outcome)
}

/// Decides by the locked row: the ticket may have changed since it was listed.
async fn decide(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
) -> Result<Option<Outcome>, ActionError> {
    let rules = &work.cx.config.tickets;
    let now = work.now();
    let mut change = load_for_system(work, ticket).await?;
    let ticket = change.ticket();
    let (asked, reminded) = (ticket.waiting_since, ticket.reminded_at);
    let outcome = match ticket.status {
        Status::Resolved
            if ticket
                .resolved_at
                .is_some_and(|at| at <= now - rules.auto_close_after) =>
        {
            change.close_resolved(now)?;
            Outcome::Closed
        }
        Status::WaitingCustomer
            if asked.is_some_and(|at| at <= now - rules.resolve_waiting_after) =>
        {
            change.resolve_unanswered(now)?;
            Outcome::Resolved
        }
        Status::WaitingCustomer
            if reminded.is_none() && asked.is_some_and(|at| at <= now - rules.remind_after) =>
        {
            change.remind(now)?;
            Outcome::Reminded
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
    save(work, &mut change, SaveMode::Update).await?;
    Ok(Some(outcome))
}
