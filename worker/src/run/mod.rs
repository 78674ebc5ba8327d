//! One run of one job, from the lock on its row to the outcome in its row.
//!
//! Invariant: of any number of copies of a hint only one runs the job at a time, and its effect
//! in the database and its outcome are committed together. Races, and what each costs:
//! - two copies at once: the second finds the row locked, or done, and is dropped;
//! - the process dies: PostgreSQL rolls back, the lease brings the job back;
//! - it dies between a provider's answer and its recording: the call is made again, with the same
//!   key;
//! - a lease cannot be renewed: no call is begun once it is over by the holder's own clock, and who
//!   has called has a grace to end the call and record it before anybody begins anew;
//! - an outcome comes late, after another run took over: its fence does not fit, it is dropped.

mod claim;
mod guard;
pub(crate) mod lease;
mod leased;
mod record;

use crate::{
    JobContext,
    jobs::{Handler, JobError},
};
use claim::{Claim, Taken};
use domain::ids::TicketId;
use jobs::{JobId, ledger, store};
use platform::{
    db,
    error_chain::Chain,
    trace::{self, End, Kind, Trace},
    work::UnitOfWork,
};
use std::time::{Duration, Instant};
use tracing::Instrument;

/// How often it is looked whether a sweep still holds the lock on its row.
const LOOK_AT_LOCK: Duration = Duration::from_secs(5);

/// What became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// It failed and is put off.
    Retry,
    /// It is among the dead letters.
    Dead,
    /// It keeps its attempt, and waits until the other side of its queue is fit again.
    Held,
    /// Somebody else runs it, or it was done already.
    NotOurs,
    /// The database could not be told; the lease will bring the job back.
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

/// How a run ended, and the error that made it end so.
struct Ended {
    outcome: Outcome,
    error: Option<JobError>,
    trace: Option<Trace>,
    ticket: Option<TicketId>,
}

impl Ended {
    const fn well(outcome: Outcome) -> Self {
        Self {
            outcome,
            error: None,
            trace: None,
            ticket: None,
        }
    }

    const fn badly(outcome: Outcome, error: JobError) -> Self {
        Self {
            outcome,
            error: Some(error),
            trace: None,
            ticket: None,
        }
    }
}

/// Runs a job, unless somebody else does or did. Never fails: what goes wrong goes into the
/// job's row, and into one line of the log.
pub async fn run_one(cx: &JobContext, id: JobId) -> Outcome {
    let started = Instant::now();
    match claim::take(cx, id).await {
        Ok(Taken::Claim(claim)) => {
            let (name, attempt) = (claim.job.name(), claim.locked.attempt + 1);
            let ticket = claim.job.spec().ticket;
            let due_for = (claim.work.now() - claim.locked.run_at).to_std();
            let metrics = &cx.cx.metrics;
            metrics.waited(claim.job.spec().queue, due_for.unwrap_or_default());
            let mut ended = traced(cx, *claim, id).await;
            ended.ticket = ticket;
            metrics.job(name, ended.outcome.as_str(), started.elapsed());
            log(&ended, (id, name, attempt), started);
            ended.outcome
        }
        Ok(Taken::Buried(name, attempt, error)) => {
            let ended = Ended::badly(Outcome::Dead, error);
            let outcome = ended.outcome.as_str();
            cx.cx.metrics.job(name, outcome, started.elapsed());
            log(&ended, (id, name, attempt), started);
            ended.outcome
        }
        Ok(Taken::NotOurs) => Outcome::NotOurs,
        Ok(Taken::Held) => Outcome::Held,
        Err(error) => {
            let ended = Ended::badly(Outcome::Unrecorded, error);
            log(&ended, (id, "", 0), started);
            ended.outcome
        }
    }
}

/// Ends when the connection that holds a job's row is gone. A sweep uses others meanwhile; without
/// its lock it has nobody to keep away, and whatever took this connection may have taken those, too.
async fn lock_lost(work: &mut UnitOfWork<'_>) -> JobError {
    loop {
        tokio::time::sleep(LOOK_AT_LOCK).await;
        if let Err(error) = db::ping(&mut work.tx).await {
            return error.into();
        }
    }
}

/// Runs it as a part of the trace that its row names: what it enqueues goes on from there.
async fn traced(cx: &JobContext, mut claim: Claim<'_>, id: JobId) -> Ended {
    let (name, attempt) = (claim.job.name(), claim.locked.attempt + 1);
    let queue = claim.job.spec().queue;
    let above = claim.locked.trace;
    let traced = cx.cx.traces.begin(Kind::Run, || name.into(), above);
    let trace = traced.trace();
    // It was begun before the row was read.
    claim.work.trace = trace;
    let span = tracing::info_span!(
        "job",
        job.id = id.0,
        job.name = name,
        job.attempt = attempt,
        trace.id = trace.map(|trace| trace.id()),
    );
    // Boxed, as it is large, and would be so in each future around it.
    let running = Box::pin(run(cx, claim).instrument(span));
    let mut ended = trace::within(trace, running).await;
    ended.trace = trace;
    let end = match ended.outcome {
        Outcome::Done | Outcome::Held | Outcome::NotOurs => End::Well,
        Outcome::Retry | Outcome::Dead | Outcome::Unrecorded => End::Badly,
    };
    traced.end(
        [
            ("job.id", id.0.into()),
            ("job.name", name.into()),
            ("job.queue", queue.as_str().into()),
            ("job.attempt", i64::from(attempt).into()),
            ("outcome", ended.outcome.as_str().into()),
        ],
        end,
    );
    ended
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
        Handler::Delivery(delivery) => {
            return match leased::claim(cx, work, &mut locked).await {
                Ok(lease) => {
                    drop(slots);
                    let claimed = (&locked, &lease);
                    Box::pin(leased::run(cx, &job, claimed, delivery)).await
                }
                Err(error) => Ended::badly(Outcome::Unrecorded, error.into()),
            };
        }
        Handler::InTransaction(handler) => guard::run(limit, handler(&mut work)).await,
        Handler::Sweep(handler) => tokio::select! {
            ran = guard::run(limit, handler(cx)) => ran,
            error = lock_lost(&mut work) => Err(error),
        },
    };
    let ran = match ran {
        Ok(()) => {
            // The end of a sweep is later than the instant at which its row was locked.
            let now = cx.cx.clock.now();
            let finishing = async {
                store::finish(&mut work.tx, locked.id, now).await?;
                work.commit().await
            };
            db::within(ledger::ANSWER_LIMIT, finishing)
                .await
                .map_err(JobError::from)
        }
        Err(error) => {
            claim::let_go(work).await;
            Err(error)
        }
    };
    match ran {
        Ok(()) => Ended::well(Outcome::Done),
        Err(error) => record::failure(cx, &job, &locked, error).await,
    }
}

/// One line for a run. Its fields are at the top of the line, where they are searched for, not on a span around it.
fn log(ended: &Ended, (id, name, attempt): (JobId, &str, i32), started: Instant) {
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let error = ended.error.as_ref().map(|error| Chain(error).to_string());
    // The level of an event is fixed where it is written, so that the three lines cannot be one function.
    macro_rules! line {
        ($level:ident, $text:literal) => {
            tracing::$level!(
                job.id = id.0,
                job.name = name,
                job.attempt = attempt,
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
        Outcome::Done => line!(info, "a job ran"),
        Outcome::Retry | Outcome::Held | Outcome::NotOurs | Outcome::Unrecorded => {
            line!(warn, "a job did not get done");
        }
        Outcome::Dead => line!(error, "a job was laid among the dead letters"),
    }
}
