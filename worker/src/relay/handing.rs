//! Handing out jobs of one queue: as many as there is room for, as its pace allows, and as the other
//! side of the queue is fit for.

use crate::{limits::Limits, transport::Transport};
use domain::queue::Queue;
use jobs::{
    JobId,
    relay::{self as ledger, CircuitState, QueueSnapshot},
};
use platform::{context::Context, error_chain::Chain};
use std::time::Duration;

/// What is claimed at a time.
const BATCH: usize = 500;

/// What came of looking at a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handed {
    /// Nothing to hand out.
    Nothing,
    /// Something was handed out.
    Some,
    /// There is something, but nobody with room for it.
    NoRoom,
    /// There is something, and it has to wait so long.
    NotBefore(Duration),
}

/// Hands out what there is to be handed out of a queue.
///
/// # Errors
/// The database failed.
pub(super) async fn hand_out(
    cx: &Context,
    limits: &mut Limits,
    transport: &mut impl Transport,
    look: QueueSnapshot,
) -> Result<Handed, sqlx::Error> {
    if !look.has_due || look.depth == 0 {
        return Ok(Handed::Nothing);
    }
    let now = cx.clock.now();
    let most = match look.circuit {
        CircuitState::Closed => BATCH,
        CircuitState::HalfOpen => 1,
        CircuitState::OpenUntil(until) => {
            return Ok(Handed::NotBefore(
                (until - now).to_std().unwrap_or_default(),
            ));
        }
    };
    let depth = limits.depth(look.queue, look.depth);
    let room = transport.room(look.queue, depth).min(most);
    if room == 0 {
        return Ok(Handed::NoRoom);
    }
    let granted = match limits.take(look.queue, room).await {
        Ok(granted) => granted,
        Err(wait) => return Ok(Handed::NotBefore(wait)),
    };
    let jobs = claim(cx, look, granted).await?;
    let unused = granted.saturating_sub(jobs.len());
    limits.requeue(look.queue, unused).await;
    if jobs.is_empty() {
        return Ok(Handed::Nothing);
    }
    Ok(if pass_on(cx, transport, look.queue, &jobs).await? {
        Handed::Some
    } else {
        Handed::NoRoom
    })
}

async fn claim(
    cx: &Context,
    look: QueueSnapshot,
    granted: usize,
) -> Result<Vec<JobId>, sqlx::Error> {
    let (now, lease) = (cx.clock.now(), cx.config.jobs.lease);
    match look.circuit {
        CircuitState::HalfOpen => {
            let probe = ledger::claim_probe(&cx.pool, look.queue, now, lease).await?;
            Ok(Vec::from_iter(probe))
        }
        CircuitState::Closed | CircuitState::OpenUntil(_) => {
            ledger::claim(&cx.pool, look.queue, now, granted, lease).await
        }
    }
}

/// Passes on what was claimed; takes it back where that fails, and says whether it did not.
///
/// # Errors
/// The database failed; the leases bring the jobs back then.
pub async fn pass_on(
    cx: &Context,
    transport: &mut impl Transport,
    queue: Queue,
    jobs: &[JobId],
) -> Result<bool, sqlx::Error> {
    if let Err(error) = transport.push(queue, jobs).await {
        tracing::debug!(error = %Chain(&error), %queue, "hints could not be passed on");
        ledger::unclaim(&cx.pool, jobs).await?;
        return Ok(false);
    }
    Ok(true)
}
