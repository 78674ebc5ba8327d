//! Taking a job: slots for its connections, the lock on its row, and a payload that can be read.

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
use domain::actor::Initiator;
use platform::{db, work::UnitOfWork};
use tokio::sync::OwnedSemaphorePermit;

/// A job that is ours to run: `work` holds the lock on its row.
pub(super) struct Claim<'a> {
    pub job: Job,
    pub locked: Locked,
    pub work: UnitOfWork<'a>,
    pub handler: Handler,
    pub slots: OwnedSemaphorePermit,
}

/// What came of trying to take a job.
pub(super) enum Taken<'a> {
    /// It is ours.
    Claim(Box<Claim<'a>>),
    /// It is done, put off, or somebody else's.
    NotOurs,
    /// Its queue is held: it waits again.
    Held,
    /// It cannot be run, and is among the dead letters now: its name, attempt, and why.
    Buried(&'static str, i32, JobError),
}

/// Why a job cannot be run.
#[derive(Debug, thiserror::Error)]
enum Unrunnable {
    #[error("the payload cannot be read")]
    Unreadable(#[source] serde_json::Error),
    #[error("{0} runs in a row ended with their process: it seems to kill it")]
    KillsItsProcess(i32),
}

/// Takes a job. Starts over when it finds that the job needs another connection, or that a run
/// of it was interrupted, which has to be on record before the next one begins.
pub(super) async fn take(cx: &JobContext, id: JobId) -> Result<Taken<'_>, JobError> {
    let (mut connections, mut noted) = (1, false);
    loop {
        let slots = cx.slots(connections).await.map_err(JobError::retry)?;
        let (mut work, locked) = db::within(ANSWER_LIMIT, lock(cx, id)).await?;
        let Some(locked) = locked else {
            let_go(work).await;
            return Ok(Taken::NotOurs);
        };
        if locked.held {
            let giving_back = async {
                store::undo_dispatch(&mut work.tx, id).await?;
                work.commit().await
            };
            db::within(ANSWER_LIMIT, giving_back).await?;
            return Ok(Taken::Held);
        }
        let job: Job = match serde_json::from_value(locked.payload.clone()) {
            Ok(job) => job,
            Err(error) => {
                return move_to_dead_letter(work, None, &locked, Unrunnable::Unreadable(error))
                    .await;
            }
        };
        if locked.interruptions >= MAX_INTERRUPTIONS {
            let unfit = Unrunnable::KillsItsProcess(locked.interruptions);
            return move_to_dead_letter(work, Some(&job), &locked, unfit).await;
        }
        let handler = jobs::handler_of(&job);
        let (needed, notes_itself) = match handler {
            Handler::InTransaction(_) => (1, false),
            Handler::Sweep(_) => (2, false),
            Handler::Delivery(_) => (1, true),
        };
        if needed > connections {
            let_go(work).await;
            connections = needed;
        } else if locked.dispatches > 1 && !noted && !notes_itself {
            let noting = async {
                store::note_interruption(&mut work.tx, id).await?;
                work.commit().await
            };
            db::within(ANSWER_LIMIT, noting).await?;
            noted = true;
        } else {
            return Ok(Taken::Claim(Box::new(Claim {
                job,
                locked,
                work,
                handler,
                slots,
            })));
        }
    }
}

/// Begins a transaction and locks the job in it, if it is there to be taken.
async fn lock(cx: &JobContext, id: JobId) -> Result<(UnitOfWork<'_>, Option<Locked>), sqlx::Error> {
    let mut work = cx.cx.begin(Initiator::System).await?;
    let now = work.now();
    let locked = store::lock(&mut work.tx, id, now).await?;
    Ok((work, locked))
}

async fn move_to_dead_letter<'a>(
    mut work: UnitOfWork<'_>,
    job: Option<&Job>,
    locked: &Locked,
    unfit: Unrunnable,
) -> Result<Taken<'a>, JobError> {
    let error = JobError::fail(unfit);
    let burying = async {
        record::move_to_dead_letter(&mut work, job, locked.fence(), &error).await?;
        work.commit().await
    };
    db::within(ANSWER_LIMIT, burying).await?;
    let name = job.map_or("unreadable", Job::name);
    Ok(Taken::Buried(name, locked.attempt + 1, error))
}

/// Ends a transaction that was for nothing. When that fails its connection is broken, and the
/// server has ended it, or will.
pub(super) async fn let_go(work: UnitOfWork<'_>) {
    if let Err(error) = db::within(ANSWER_LIMIT, work.tx.rollback()).await {
        tracing::debug!(%error, "a transaction was ended by the server");
    }
}
