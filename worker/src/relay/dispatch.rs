//! Dispatching the jobs of one queue: as many as there is room for, as its rate limit allows, and
//! as its circuit breaker lets through.

use crate::{limits::Limits, transport::Transport};
use domain::queue::Queue;
use jobs::{
    JobId,
    relay::{self as ledger, CircuitState, QueueSnapshot},
};
use platform::{context::Context, error_chain::Chain};
use std::time::Duration;

/// The most jobs that are claimed at a time.
const BATCH: usize = 500;

/// The result of dispatching a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dispatch {
    /// No job is due.
    Nothing,
    /// Jobs were dispatched.
    Some,
    /// Jobs are due, but no runner has room for them.
    NoRoom,
    /// Jobs are due, and have to wait this long for the rate limit or the circuit breaker.
    NotBefore(Duration),
}

/// Dispatches the due jobs of a queue.
///
/// # Errors
/// The database failed.
pub(super) async fn dispatch(
    cx: &Context,
    limits: &mut Limits,
    transport: &mut impl Transport,
    snapshot: QueueSnapshot,
) -> sqlx::Result<Dispatch> {
    if !snapshot.has_due || snapshot.depth == 0 {
        return Ok(Dispatch::Nothing);
    }
    let now = cx.clock.now();
    let most = match snapshot.circuit {
        CircuitState::Closed => BATCH,
        CircuitState::HalfOpen => 1,
        CircuitState::OpenUntil(until) => {
            return Ok(Dispatch::NotBefore(
                (until - now).to_std().unwrap_or_default(),
            ));
        }
    };
    let depth = limits.depth(snapshot.queue, snapshot.depth);
    let room = transport.room(snapshot.queue, depth).min(most);
    if room == 0 {
        return Ok(Dispatch::NoRoom);
    }
    let granted = match limits.take(snapshot.queue, room).await {
        Ok(granted) => granted,
        Err(wait) => return Ok(Dispatch::NotBefore(wait)),
    };
    let jobs = claim(cx, snapshot, granted).await?;
    let unused = granted.saturating_sub(jobs.len());
    limits.refund(snapshot.queue, unused).await;
    if jobs.is_empty() {
        return Ok(Dispatch::Nothing);
    }
    Ok(if pass_on(cx, transport, snapshot.queue, &jobs).await? {
        Dispatch::Some
    } else {
        Dispatch::NoRoom
    })
}

async fn claim(cx: &Context, snapshot: QueueSnapshot, granted: usize) -> sqlx::Result<Vec<JobId>> {
    let (now, lease) = (cx.clock.now(), cx.config.jobs.lease);
    match snapshot.circuit {
        CircuitState::HalfOpen => {
            let probe = ledger::claim_probe(&cx.pool, snapshot.queue, now, lease).await?;
            Ok(Vec::from_iter(probe))
        }
        CircuitState::Closed | CircuitState::OpenUntil(_) => {
            ledger::claim(&cx.pool, snapshot.queue, now, granted, lease).await
        }
    }
}

/// Passes claimed jobs on to a transport; returns them to `ready` where that fails. `false`: they
/// were not passed on.
///
/// # Errors
/// The database failed; the leases requeue the jobs then.
pub async fn pass_on(
    cx: &Context,
    transport: &mut impl Transport,
    queue: Queue,
    jobs: &[JobId],
) -> sqlx::Result<bool> {
    if let Err(error) = transport.push(queue, jobs).await {
        tracing::debug!(error = %Chain(&error), %queue, "job references could not be passed on");
        ledger::unclaim(&cx.pool, jobs).await?;
        return Ok(false);
    }
    Ok(true)
}
