//! One run of one job, from the lock on its row to the outcome in its row.
//!
//! Invariant: however many references to a job arrive, only one run is active at a time, and its
//! effect in the database and its outcome are committed together. Races, and what each costs:
//! - two references at once: the second finds the row locked, or done, and is dropped;
//! - the process dies: PostgreSQL rolls back, and the lease requeues the job;
//! - it dies between a provider's response and its record: the call is repeated, with the same key;
//! - a lease cannot be renewed: its holder begins no call after it expired by the holder's own
//!   clock, and has a grace to end and record a call that has begun before another run begins;
//! - an outcome is late, and another run has claimed the job: the fence does not match, and the
//!   outcome is dropped.

mod claim;
mod delivery;
mod guard;
mod lease;
mod record;
mod together;
mod webhook;

pub(crate) use together::MOST as TOGETHER;
pub use together::{Gatherer, run_together};

use crate::{
    JobContext,
    jobs::{Found, Handler, JobError, OutsideCall},
};
use actions::job_list::Job;
use claim::{Claim, ClaimResult, DeadJob};
use delivery::DeliveryRun;
use domain::{ids::TicketId, queue::Queue};
use jobs::{
    JobId,
    ledger::{self, Locked},
    store,
};
use lease::Lease;
use platform::{
    db,
    error_chain::Chain,
    trace::{self, End, Kind, Span, Trace},
    work::UnitOfWork,
};
use std::time::{Duration, Instant};
use tracing::Instrument;
use webhook::WebhookRun;

/// The interval between two checks that a sweep still holds the lock on its row.
const LOCK_CHECK_EVERY: Duration = Duration::from_secs(5);

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The job is done.
    Done,
    /// The attempt failed; the job is rescheduled.
    Retry,
    /// The job moved to the dead letters.
    Dead,
    /// The circuit of its queue, or of what it calls, is open; the job is requeued and keeps its attempt.
    Held,
    /// Another run has the job, or it was done already.
    NotOurs,
    /// The outcome could not be recorded; the lease will requeue the job.
    Unrecorded,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retry => "retry",
            Self::Dead => "dead",
            Self::Held => "held",
            Self::NotOurs => "not_ours",
            Self::Unrecorded => "unrecorded",
        }
    }
}

/// The outcome of a run, and the error behind it.
struct Ended {
    outcome: Outcome,
    found: Found,
    error: Option<JobError>,
    trace: Option<Trace>,
    ticket: Option<TicketId>,
}

impl Ended {
    const fn well(outcome: Outcome) -> Self {
        Self {
            outcome,
            found: Found::Work,
            error: None,
            trace: None,
            ticket: None,
        }
    }

    const fn badly(outcome: Outcome, error: JobError) -> Self {
        Self {
            outcome,
            found: Found::Work,
            error: Some(error),
            trace: None,
            ticket: None,
        }
    }
}

/// What the log names a run by.
#[derive(Clone, Copy)]
struct RunInfo {
    id: JobId,
    /// The name of the job; empty when its row could not be read.
    name: &'static str,
    /// The attempt, from 1; 0 when its row could not be read.
    attempt: i32,
}

/// Runs a job, unless another run has it or it is done. Never fails: an error is recorded in the
/// job's row and in one line of the log.
pub async fn run_one(cx: &JobContext, id: JobId) -> Outcome {
    let started = Instant::now();
    match claim::claim(cx, id).await {
        Ok(ClaimResult::Claim(claim)) => {
            let (name, attempt) = (claim.job.name(), claim.locked.attempt + 1);
            let ticket = claim.job.spec().ticket;
            let due_for = (claim.work.now() - claim.locked.run_at).to_std();
            let metrics = &cx.cx.metrics;
            metrics.waited(claim.job.spec().queue, due_for.unwrap_or_default());
            let mut ended = traced(cx, *claim, id).await;
            ended.ticket = ticket;
            metrics.job(name, ended.outcome.as_str(), started.elapsed());
            log(&ended, RunInfo { id, name, attempt }, started);
            ended.outcome
        }
        Ok(ClaimResult::Dead(dead)) => {
            let DeadJob {
                name,
                attempt,
                error,
            } = dead;
            let ended = Ended::badly(Outcome::Dead, error);
            let outcome = ended.outcome.as_str();
            cx.cx.metrics.job(name, outcome, started.elapsed());
            log(&ended, RunInfo { id, name, attempt }, started);
            ended.outcome
        }
        Ok(ClaimResult::NotOurs) => Outcome::NotOurs,
        Ok(ClaimResult::Blocked) => Outcome::Held,
        Err(error) => {
            let ended = Ended::badly(Outcome::Unrecorded, error);
            let unread = RunInfo {
                id,
                name: "",
                attempt: 0,
            };
            log(&ended, unread, started);
            ended.outcome
        }
    }
}

/// Returns when the connection that holds a job's row is lost. A sweep works on other connections
/// meanwhile; without its lock it no longer excludes a second copy, and the cause of the loss may
/// have broken its other connections too.
async fn lock_lost(work: &mut UnitOfWork<'_>) -> JobError {
    loop {
        tokio::time::sleep(LOCK_CHECK_EVERY).await;
        if let Err(error) = db::ping(&mut work.tx).await {
            return error.into();
        }
    }
}

/// Runs a job as part of the trace that its row names; the jobs that it enqueues continue that
/// trace.
async fn traced(cx: &JobContext, mut claim: Claim<'_>, id: JobId) -> Ended {
    let info = RunInfo {
        id,
        name: claim.job.name(),
        attempt: claim.locked.attempt + 1,
    };
    let queue = claim.job.spec().queue;
    let traced = begin_trace(cx, &claim.job, &claim.locked);
    let trace = traced.trace();
    // The unit of work began before the row was read.
    claim.work.trace = trace;
    let span = tracing::info_span!(
        "job",
        job.id = id.0,
        job.name = info.name,
        job.attempt = info.attempt,
        trace.id = trace.map(|trace| trace.id()),
    );
    // Boxed: it is large, and would make every future around it as large.
    let running = Box::pin(run(cx, claim).instrument(span));
    let mut ended = trace::within(trace, running).await;
    ended.trace = trace;
    end_trace(traced, info, queue, ended.outcome);
    ended
}

/// Continues the trace that the row of a job names.
fn begin_trace(cx: &JobContext, job: &Job, locked: &Locked) -> Span {
    let name = job.name();
    let traces = &cx.cx.traces;
    traces.begin(Kind::Run, || name.into(), locked.trace)
}

fn end_trace(traced: Span, run: RunInfo, queue: Queue, outcome: Outcome) {
    let end = match outcome {
        Outcome::Done | Outcome::Held | Outcome::NotOurs => End::Well,
        Outcome::Retry | Outcome::Dead | Outcome::Unrecorded => End::Badly,
    };
    traced.end(
        [
            ("job.id", run.id.0.into()),
            ("job.name", run.name.into()),
            ("job.queue", queue.as_str().into()),
            ("job.attempt", i64::from(run.attempt).into()),
            ("outcome", outcome.as_str().into()),
        ],
        end,
    );
}

async fn run(cx: &JobContext, claim: Claim<'_>) -> Ended {
    let Claim {
        job,
        mut locked,
        mut work,
        handler,
        slots,
    } = claim;
    let limit = job.spec().policy.limit;
    let ran = match handler {
        Handler::Outside(call) => {
            let lease = match delivery::claim(cx, work, &mut locked).await {
                Ok(lease) => lease,
                Err(error) => return Ended::badly(Outcome::Unrecorded, error.into()),
            };
            drop(slots);
            return Box::pin(call_outside(cx, &job, &locked, &lease, call)).await;
        }
        Handler::InTransaction(handler) => guard::run(limit, handler(&mut work)).await,
        Handler::Sweep(handler) => tokio::select! {
            ran = guard::run(limit, handler(cx)) => ran,
            error = lock_lost(&mut work) => Err(error),
        },
    };
    let ran = match ran {
        Ok(found) => {
            // The instant of the end: a sweep ends later than its row was locked.
            let now = cx.cx.clock.now();
            let finishing = async {
                store::finish(&mut work.tx, locked.id, now).await?;
                work.commit().await
            };
            db::within(ledger::ANSWER_LIMIT, finishing)
                .await
                .map(|()| found)
                .map_err(JobError::from)
        }
        Err(error) => {
            claim::roll_back(work).await;
            Err(error)
        }
    };
    match ran {
        Ok(found) => Ended {
            found,
            ..Ended::well(Outcome::Done)
        },
        Err(error) => record::failure(cx, &job, &locked, error).await,
    }
}

/// Makes the call of a job that this process has claimed, and records its outcome.
async fn call_outside(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    lease: &Lease<'_>,
    call: OutsideCall,
) -> Ended {
    match call {
        OutsideCall::Notification(delivery) => {
            let run = DeliveryRun {
                cx,
                job,
                locked,
                lease,
                delivery,
            };
            run.run().await
        }
        OutsideCall::Webhook(delivery) => {
            let run = WebhookRun {
                cx,
                job,
                locked,
                lease,
                delivery,
            };
            run.run().await
        }
    }
}

/// Logs one line for a run. Its fields are on the line itself, where they can be searched for, not
/// on a span around it.
fn log(ended: &Ended, run: RunInfo, started: Instant) {
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let error = ended.error.as_ref().map(|error| Chain(error).to_string());
    // The level of an event is fixed at compile time, so the lines cannot be one function.
    macro_rules! line {
        ($level:ident, $text:literal) => {
            tracing::$level!(
                job.id = run.id.0,
                job.name = run.name,
                job.attempt = run.attempt,
                trace.id = ended.trace.map(|trace| trace.id()),
                ticket.id = ended.ticket.map(|ticket| ticket.to_string()),
                outcome = ended.outcome.as_str(),
                duration_ms,
                error,
                $text
            )
        };
    }
    match ended.outcome {
        Outcome::Done if ended.found == Found::Nothing => line!(debug, "a job ran"),
        Outcome::Done => line!(info, "a job ran"),
        Outcome::Retry | Outcome::Held | Outcome::NotOurs | Outcome::Unrecorded => {
            line!(warn, "a job did not get done");
        }
        Outcome::Dead => line!(error, "a job moved to the dead letters"),
    }
}
