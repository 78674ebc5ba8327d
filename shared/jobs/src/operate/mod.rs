//! What operators do with jobs: look at them, try one again, decide against one, stop a queue. The
//! command line and `/admin` both come here. Jobs of the workers alone; nobody else's are theirs. Those
//! of queues that only another release has are told and decided about like any.
//!
//! Races: a job that somebody runs at this moment is locked or under a lease, and is refused (409)
//! rather than waited for; of two operators the second finds the state that the first left.

mod store;

use crate::{JobId, State, ledger::NAME};
use chrono::{DateTime, Utc};
use domain::queue::{Queue, QueueName};
use platform::work::Tx;
use serde_json::Value;

pub use store::{find, page, queues};

/// A job as operators see it.
#[derive(Debug, Clone)]
pub struct JobRecord {
    /// Its row.
    pub id: JobId,
    /// Where it waits. Nobody of this release hands it out if it does not have that queue.
    pub queue: QueueName,
    /// Where it stands.
    pub state: State,
    /// The job, as JSON: its name and ids. It may be one that this release cannot read.
    pub payload: Value,
    /// Which goes first in its queue: the higher.
    pub priority: i16,
    /// Attempts that are over.
    pub attempt: i32,
    /// Attempts that it has.
    pub max_attempts: i32,
    /// When it is to run, or was to.
    pub run_at: DateTime<Utc>,
    /// Until when whoever it was handed out to may have it, by the clock of the database.
    pub lease_until: Option<DateTime<Utc>>,
    /// How often it was handed out since its last outcome.
    pub dispatches: i32,
    /// How many runs in a row came to no outcome.
    pub interruptions: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// The trace that it belongs to (W3C Trace Context).
    pub traceparent: Option<String>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// When it was done, gave up or was decided against.
    pub finished_at: Option<DateTime<Utc>>,
}

impl JobRecord {
    /// The name of the job; empty when it has none that can be read.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.payload.get(NAME).and_then(Value::as_str);
        name.unwrap_or_default()
    }
}

/// Which jobs are meant.
#[derive(Debug, Clone)]
pub struct Filter {
    /// In any of these states.
    pub states: Vec<State>,
    /// Of this queue.
    pub queue: Option<Queue>,
}

/// A part of a list of jobs, the newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The jobs.
    pub jobs: Vec<JobRecord>,
    /// How many there are, up to [`COUNTED`].
    pub total: i64,
    /// Whether there are exactly so many.
    pub total_is_exact: bool,
    /// Where the next part begins, if there is one.
    pub next: Option<JobId>,
}

/// Up to here jobs are counted.
pub const COUNTED: i64 = 10_000;

/// How a queue stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// Which.
    pub queue: QueueName,
    /// Whether nothing of it is handed out.
    pub paused: bool,
    /// Jobs that wait for their time or for a worker.
    pub ready: i64,
    /// Jobs that were handed out.
    pub sent: i64,
    /// Deliveries under way.
    pub running: i64,
    /// Dead letters.
    pub dead: i64,
    /// Since when the oldest job that could run has waited.
    pub oldest_due: Option<DateTime<Utc>>,
    /// What is wrong on its other side, if it is held back for that.
    pub trouble: Option<Held>,
}

/// That a queue is held back, since the one on its other side is away or asks for less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// When the next job goes out to see whether that is over. It may be past, when none waits.
    pub until: DateTime<Utc>,
    /// What happened.
    pub because: String,
    /// How often in a row.
    pub times: i32,
}

/// Why something was not done with a job.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// There is none with that number.
    #[error("there is no such job")]
    NotFound,
    /// Its state forbids it.
    #[error("{}", forbidden(*.state, .wanted))]
    State {
        /// Where it stands.
        state: State,
        /// What was to be done, as a participle.
        wanted: &'static str,
    },
    /// Another job with its unique key waits or runs.
    #[error(
        "Another job that does the same waits or runs: this one is not needed. It can be discarded."
    )]
    WaitsAlready,
    /// The database failed.
    #[error("the database did not answer as it should")]
    Database(#[from] sqlx::Error),
}

/// Has a job tried now: a dead letter with all of its attempts anew, one that waits without waiting
/// on.
///
/// # Errors
/// There is no such job; it runs, is over, or its like waits already; the database failed.
pub async fn retry(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<JobRecord, OperateError> {
    let entry = lock(tx, id).await?;
    match entry.state {
        State::Dead | State::Cancelled | State::Ready => {}
        state @ (State::Sent | State::Running | State::Done) => {
            let wanted = "retried";
            return Err(OperateError::State { state, wanted });
        }
    }
    match store::make_ready(tx, id, now).await {
        Ok(entry) => Ok(entry),
        Err(error) if platform::db::violates(&error, "jobs_unique_key") => {
            Err(OperateError::WaitsAlready)
        }
        Err(error) => Err(error.into()),
    }
}

/// Decides against a job: it never runs, and is forgotten like one that is done. What follows from that is the
/// caller's to do, in the same transaction.
///
/// # Errors
/// There is no such job; it runs or is over; the database failed.
pub async fn discard(
    tx: &mut Tx,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<JobRecord, OperateError> {
    let entry = lock(tx, id).await?;
    match entry.state {
        State::Dead | State::Ready => {}
        state @ (State::Sent | State::Running | State::Done | State::Cancelled) => {
            let wanted = "discarded";
            return Err(OperateError::State { state, wanted });
        }
    }
    Ok(store::cancel(tx, id, now).await?)
}

/// Stops handing out the jobs of a queue, or goes on. What was handed out is run. A queue that is held
/// back goes on at once: whoever asks has mended what was wrong.
///
/// # Errors
/// The database failed.
pub async fn pause(tx: &mut Tx, queue: Queue, state: PauseState) -> Result<(), sqlx::Error> {
    store::pause(tx, queue, state == PauseState::Paused).await
}

/// Whether the jobs of a queue are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseState {
    /// They are.
    Running,
    /// They are not.
    Paused,
}

async fn lock(tx: &mut Tx, id: JobId) -> Result<JobRecord, OperateError> {
    if let Some(entry) = store::lock(tx, id).await? {
        return Ok(entry);
    }
    let there = store::find(&mut **tx, id).await?;
    let state = there.ok_or(OperateError::NotFound)?.state;
    let wanted = "changed";
    Err(OperateError::State { state, wanted })
}

/// What is told of a job whose state forbids that.
fn forbidden(state: State, wanted: &str) -> String {
    match state {
        State::Sent | State::Running | State::Ready => {
            format!(
                "The job is {state} and may be run at this moment: it cannot be {wanted}. Ask again when it is over or put off."
            )
        }
        State::Done | State::Cancelled | State::Dead => {
            format!("The job is {state}: it cannot be {wanted}.")
        }
    }
}
