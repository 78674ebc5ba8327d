//! Claiming a job: slots for its connections, the lock on its row, and a readable payload.

use super::record;
use crate::{
    JobContext,
    jobs::{self, Handler, JobError},
};
use ::jobs::{
    JobId,
    ledger::{ANSWER_LIMIT, Locked, MAX_INTERRUPTIONS},
    store,
};
use actions::job_list::Job;
use platform::{db, work::UnitOfWork};
use tokio::sync::OwnedSemaphorePermit;

/// A job that this process runs: `work` holds the lock on its row.
pub(super) struct Claim<'a> {
    pub job: Job,
    pub locked: Locked,
    pub work: UnitOfWork<'a>,
    pub handler: Handler,
    pub slots: OwnedSemaphorePermit,
}

/// The result of claiming a job.
pub(super) enum ClaimResult<'a> {
    /// The job is locked by this run.
    Claim(Box<Claim<'a>>),
    /// The job is done, rescheduled, or locked by another run.
    NotOurs,
    /// The circuit of its queue is open: the job waits again.
    Blocked,
    /// The job cannot run and was moved to the dead letters.
    Dead(DeadJob),
}

/// A job that was moved to the dead letters before its run.
pub(super) struct DeadJob {
    /// Its name; `unreadable` when its payload has none.
    pub name: &'static str,
    /// The attempt, from 1.
    pub attempt: i32,
    /// Why it cannot run.
    pub error: JobError,
}

/// Why a job cannot run.
#[derive(Debug, thiserror::Error)]
enum Unrunnable {
    #[error("the payload cannot be read")]
    Unreadable(#[source] serde_json::Error),
    #[error("{0} runs in a row ended with their process: it seems to kill it")]
    KillsItsProcess(i32),
}

/// Claims a job. Starts over when the job needs another connection, or when an earlier run was
/// interrupted: the interruption has to be committed before the next run begins.
pub(super) async fn claim(cx: &JobContext, id: JobId) -> Result<ClaimResult<'_>, JobError> {
    let (mut connections, mut noted) = (1, false);
    loop {
        let slots = cx.slots.take(connections).await.map_err(JobError::retry)?;
        let (mut work, locked) = db::within(ANSWER_LIMIT, lock(cx, id)).await?;
        let Some(locked) = locked else {
            roll_back(work).await;
            return Ok(ClaimResult::NotOurs);
        };
        if locked.is_blocked {
            let undoing = async {
                store::undo_dispatch(&mut work.tx, id).await?;
                work.commit().await
            };
            db::within(ANSWER_LIMIT, undoing).await?;
            return Ok(ClaimResult::Blocked);
        }
        let job: Job = match serde_json::from_value(locked.payload.clone()) {
            Ok(job) => job,
            Err(error) => {
                return move_to_dead_letter(work, None, &locked, Unrunnable::Unreadable(error))
                    .await;
            }
        };
        if locked.interruptions >= MAX_INTERRUPTIONS {
            let reason = Unrunnable::KillsItsProcess(locked.interruptions);
            return move_to_dead_letter(work, Some(&job), &locked, reason).await;
        }
        let handler = jobs::handler_of(&job);
        let (needed, counts_interruptions) = match handler {
            Handler::InTransaction(_) => (1, false),
            Handler::Sweep(_) => (2, false),
            Handler::Outside(_) => (1, true),
        };
        if needed > connections {
            roll_back(work).await;
            connections = needed;
        } else if locked.dispatches > 1 && !noted && !counts_interruptions {
            let noting = async {
                store::note_interruption(&mut work.tx, id).await?;
                work.commit().await
            };
            db::within(ANSWER_LIMIT, noting).await?;
            noted = true;
        } else {
            return Ok(ClaimResult::Claim(Box::new(Claim {
                job,
                locked,
                work,
                handler,
                slots,
            })));
        }
    }
}

/// Begins a transaction and locks the job in it, if it can run.
async fn lock(cx: &JobContext, id: JobId) -> sqlx::Result<(UnitOfWork<'_>, Option<Locked>)> {
    let mut work = cx.begin().await?;
    let now = work.now();
    let locked = store::lock(&mut work.tx, id, now).await?;
    Ok((work, locked))
}

async fn move_to_dead_letter<'a>(
    mut work: UnitOfWork<'_>,
    job: Option<&Job>,
    locked: &Locked,
    reason: Unrunnable,
) -> Result<ClaimResult<'a>, JobError> {
    let error = JobError::fail(reason);
    let recording = async {
        record::move_to_dead_letter(&mut work, job, locked.fence(), &error).await?;
        work.commit().await
    };
    db::within(ANSWER_LIMIT, recording).await?;
    let name = job.map_or("unreadable", Job::name);
    let attempt = locked.attempt + 1;
    Ok(ClaimResult::Dead(DeadJob {
        name,
        attempt,
        error,
    }))
}

/// Rolls back. When that fails the connection is dead, and the server ends the transaction.
pub(super) async fn roll_back(work: UnitOfWork<'_>) {
    if let Err(error) = db::within(ANSWER_LIMIT, work.tx.rollback()).await {
        tracing::debug!(%error, "a transaction was ended by the server");
    }
}
