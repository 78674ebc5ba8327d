//! Sweep: puts on record the deadlines that came near or passed.
//!
//! Each ticket has a transaction of its own and is looked at again under its lock, so that any
//! number of sweeps at once find each warning and each breach once, and one ticket that fails
//! holds up no other.

use crate::{
    context::Context,
    error::{ActionError, Chain},
    sla::store,
    tickets::actions::escalate_on_breach,
    work::By,
};

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlaSwept {
    /// Warnings and breaches put on record.
    pub found: usize,
    /// Tickets escalated.
    pub escalated: usize,
    /// Tickets that could not be handled; the next sweep tries again.
    pub failed: usize,
}

const BATCH: i64 = 500;

/// Sweeps until nothing more is due at the present instant.
///
/// # Errors
/// The deadlines cannot be read.
pub async fn sweep(cx: &Context) -> Result<SlaSwept, ActionError> {
    let now = cx.clock.now();
    let mut swept = SlaSwept::default();
    let mut after = None;
    loop {
        let due = store::due(&cx.pool, now, after, BATCH).await?;
        let Some(last) = due.last().copied() else {
            return Ok(swept);
        };
        after = Some(last);
        for (_, ticket) in due {
            match one(cx, ticket).await {
                Ok(did) => {
                    swept.found = swept.found.saturating_add(did.found);
                    swept.escalated = swept.escalated.saturating_add(usize::from(did.lifted));
                }
                Err(error) => {
                    tracing::error!(ticket.id = %ticket, error = %Chain(&error), "the deadlines of a ticket could not be swept");
                    swept.failed = swept.failed.saturating_add(1);
                }
            }
        }
    }
}

/// The next instant at which a sweep finds something, for whoever moves the clock; in the past
/// when something is due already.
///
/// # Errors
/// The deadlines cannot be read.
pub async fn next_deadline(
    cx: &Context,
) -> Result<Option<chrono::DateTime<chrono::Utc>>, ActionError> {
    Ok(store::next_due(&cx.pool).await?)
}

async fn one(
    cx: &Context,
    ticket: crate::ids::TicketId,
) -> Result<crate::tickets::actions::Swept, ActionError> {
    let mut work = cx.begin(By::System).await?;
    let did = escalate_on_breach(&mut work, ticket).await?;
    work.commit().await?;
    Ok(did)
}
