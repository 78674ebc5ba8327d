//! Sweep: records the warnings and breaches that are due, and escalates after a breach.
//!
//! Each ticket has its own transaction and is checked again under its row lock, so that any number of sweeps at
//! once record each warning and each breach once. A ticket that fails, or whose row stays locked, delays no
//! other ticket and is left to the next sweep. Several tickets are handled at a time, since most of the time is
//! spent waiting for the database.

use crate::tickets::{SaveMode, load_for_system, save::save_with_rosters};
use crate::{
    agents::RosterCache,
    error::ActionError,
    sla::store::{self, DueClock},
};
use chrono::{DateTime, Utc};
use domain::{actor::Initiator, ids::TicketId};
use futures_util::{StreamExt, stream};
use platform::{context::Context, error_chain::Chain, work::UnitOfWork};
use std::{collections::HashSet, future, num::NonZeroUsize};

/// The effect of a sweep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlaSwept {
    /// Warnings and breaches recorded.
    pub found: usize,
    /// Tickets escalated.
    pub escalated: usize,
    /// Tickets that could not be handled; the next sweep tries again.
    pub failed: usize,
}

impl SlaSwept {
    fn count(&mut self, ticket: TicketId, swept: Result<Swept, ActionError>) {
        match swept {
            Ok(swept) => {
                self.found = self.found.saturating_add(swept.found);
                self.escalated = self.escalated.saturating_add(usize::from(swept.escalated));
            }
            Err(error) => {
                tracing::error!(ticket.id = %ticket, error = %Chain(&error), "the deadlines of a ticket could not be swept");
                self.failed = self.failed.saturating_add(1);
            }
        }
    }
}

/// The effect of a sweep on one ticket.
struct Swept {
    /// Warnings and breaches recorded.
    found: usize,
    escalated: bool,
}

/// Clocks that one query reads.
const BATCH: i64 = 500;

/// Records everything that was due when the sweep began. `at_a_time` tickets are handled concurrently, each with
/// its own connection.
///
/// # Errors
/// The due clocks cannot be read. A ticket that fails is logged and counted.
pub async fn sweep_sla(cx: &Context, at_a_time: NonZeroUsize) -> Result<SlaSwept, ActionError> {
    let now = cx.clock.now();
    let mut swept = SlaSwept::default();
    let mut after = None;
    loop {
        let mut due = store::due(&cx.pool, now, after, BATCH).await?;
        let Some(last) = due.last().copied() else {
            return Ok(swept);
        };
        after = Some(last);
        // The first due clock of a ticket finds its other due clocks, too.
        let mut seen = HashSet::new();
        due.retain(|clock| seen.insert(clock.ticket_id));
        // Rosters are read again for each batch, so that agents who became available are found soon.
        let rosters = &RosterCache::default();
        stream::iter(due)
            .map(|DueClock { ticket_id, .. }| async move {
                (ticket_id, sweep_one(cx, ticket_id, rosters).await)
            })
            .buffer_unordered(at_a_time.get())
            .for_each(|(ticket, result)| {
                swept.count(ticket, result);
                future::ready(())
            })
            .await;
    }
}

/// The next instant at which a sweep finds something, for programs that move the clock. It is in the past when
/// something is due already; `None` when no clock runs.
///
/// # Errors
/// The database failed.
pub async fn next_deadline(cx: &Context) -> Result<Option<DateTime<Utc>>, ActionError> {
    Ok(store::next_due(&cx.pool).await?)
}

/// One ticket in its own transaction.
async fn sweep_one(
    cx: &Context,
    ticket: TicketId,
    rosters: &RosterCache,
) -> Result<Swept, ActionError> {
    let sweeping = async {
        let mut work = cx.begin(Initiator::System).await?;
        store::wait_briefly(&mut work.tx).await?;
        let swept = sweep_ticket(&mut work, ticket, rosters).await?;
        work.commit().await?;
        Ok(swept)
    };
    let swept = sweeping.await;
    if swept.is_err() {
        rosters.forget().await;
    }
    swept
}

/// Records what is due on the ticket's clocks. As in every change, the ticket is escalated at most once, however many
/// clocks passed their deadlines.
async fn sweep_ticket(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    rosters: &RosterCache,
) -> Result<Swept, ActionError> {
    let mut change = load_for_system(work, ticket).await?;
    let found = change.sweep(work.now()).len();
    let level = change.ticket().escalation_level;
    save_with_rosters(work, &mut change, SaveMode::Update, rosters).await?;
    Ok(Swept {
        found,
        escalated: change.ticket().escalation_level > level,
    })
}
