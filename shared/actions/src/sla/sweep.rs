//! Sweep: puts on record the deadlines that came near or passed.
//!
//! Each ticket has a transaction of its own and is looked at again under its lock, so that any
//! number of sweeps at once find each warning and each breach once. One ticket that fails holds up
//! no other: it is left to the next sweep, as is one whose lock somebody holds for long. Several
//! tickets are handled at a time, since most of what one costs is waiting for the database.

use crate::{assignment::RosterCache, error::ActionError, sla::store, tickets::Swept};
use domain::{actor::Initiator, ids::TicketId};
use futures_util::{StreamExt, stream};
use platform::{context::Context, error_chain::Chain};
use std::{collections::HashSet, future, num::NonZeroUsize};

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

impl SlaSwept {
    fn count(&mut self, ticket: TicketId, did: Result<Swept, ActionError>) {
        match did {
            Ok(did) => {
                self.found = self.found.saturating_add(did.found);
                self.escalated = self.escalated.saturating_add(usize::from(did.escalated));
            }
            Err(error) => {
                tracing::error!(ticket.id = %ticket, error = %Chain(&error), "the deadlines of a ticket could not be swept");
                self.failed = self.failed.saturating_add(1);
            }
        }
    }
}

const BATCH: i64 = 500;

/// Sweeps until nothing more is due that was due at the beginning, so many tickets at a time, each
/// with a connection.
///
/// # Errors
/// The deadlines cannot be read.
pub async fn sweep(cx: &Context, at_a_time: NonZeroUsize) -> Result<SlaSwept, ActionError> {
    let now = cx.clock.now();
    let mut swept = SlaSwept::default();
    let mut after = None;
    loop {
        let mut due = store::due(&cx.pool, now, after, BATCH).await?;
        let Some(last) = due.last().copied() else {
            return Ok(swept);
        };
        after = Some(last);
        // Of a ticket with several clocks that are due, the first finds all of them.
        let mut seen = HashSet::new();
        due.retain(|(_, ticket)| seen.insert(*ticket));
        // Read anew for each batch: who became free meanwhile is not passed over for long.
        let desks = &RosterCache::default();
        stream::iter(due)
            .map(|(_, ticket)| async move { (ticket, one(cx, ticket, desks).await) })
            .buffer_unordered(at_a_time.get())
            .for_each(|(ticket, did)| {
                swept.count(ticket, did);
                future::ready(())
            })
            .await;
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

async fn one(cx: &Context, ticket: TicketId, desks: &RosterCache) -> Result<Swept, ActionError> {
    let sweeping = async {
        let mut work = cx.begin(Initiator::System).await?;
        store::wait_briefly(&mut work.tx).await?;
        let did = crate::tickets::sweep(&mut work, ticket, desks).await?;
        work.commit().await?;
        Ok(did)
    };
    let did = sweeping.await;
    if did.is_err() {
        desks.forget().await;
    }
    did
}
