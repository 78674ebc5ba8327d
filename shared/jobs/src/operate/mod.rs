//! What operators do with jobs: list, retry and cancel them, and pause queues. The command line and
//! `/admin` both call these functions. Only jobs of the workers are visible here; those of
//! queues that only another release has are included.
//!
//! Races: a job that runs at this moment is locked or under a lease; it is refused (409) rather
//! than waited for. Of two operators the second finds the state that the first left.

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
    /// The id of the row.
    pub id: JobId,
    /// The queue. A queue that this release does not have is not dispatched by it.
    pub queue: QueueName,
    /// The state of the job.
    pub state: State,
    /// The name and the ids of the job, as JSON. This release may not be able to read it.
    pub payload: Value,
    /// Order within the queue: the highest priority is dispatched first.
    pub priority: i16,
    /// Attempts that have ended.
    pub attempt: i32,
    /// Attempts in all.
    pub max_attempts: i32,
    /// The earliest instant of the next run, or of the last.
    pub run_at: DateTime<Utc>,
    /// The end of the lease, by the clock of the database.
    pub lease_until: Option<DateTime<Utc>>,
    /// Dispatches since the last outcome.
    pub dispatches: i32,
    /// Consecutive runs without an outcome.
    pub interruptions: i32,
    /// The last error.
    pub last_error: Option<String>,
    /// The trace that the job continues (W3C Trace Context).
    pub traceparent: Option<String>,
    /// The instant of the enqueueing.
    pub created_at: DateTime<Utc>,
    /// The instant at which it was done, moved to the dead letters or cancelled.
    pub finished_at: Option<DateTime<Utc>>,
}

impl JobRecord {
    /// The name of the job; empty when the payload has none.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.payload.get(NAME).and_then(Value::as_str);
        name.unwrap_or_default()
    }
}

/// A filter for the list of jobs.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The states, of which any matches.
    pub states: Vec<State>,
    /// The queue; `None` matches all.
    pub queue: Option<Queue>,
    /// The name of the job; `None` matches all.
    pub name: Option<String>,
}

/// A page of the list of jobs, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// The jobs.
    pub jobs: Vec<JobRecord>,
    /// The number of jobs that match, counted up to [`COUNTED`].
    pub total: i64,
    /// Whether `total` is exact.
    pub total_is_exact: bool,
    /// The id before which the next page begins, if there is one.
    pub next: Option<JobId>,
}

/// The highest number up to which matching jobs are counted.
pub const COUNTED: i64 = 10_000;

/// The state of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueState {
    /// The queue.
    pub queue: QueueName,
    /// Whether the queue is paused: none of its jobs are dispatched.
    pub paused: bool,
    /// Jobs that wait for `run_at` or for a worker.
    pub ready: i64,
    /// Jobs that were dispatched.
    pub sent: i64,
    /// Deliveries under way.
    pub running: i64,
    /// Dead letters.
    pub dead: i64,
    /// The `run_at` of the oldest job that is due.
    pub oldest_due: Option<DateTime<Utc>>,
    /// Why its circuit is open or half-open; `None` while it is closed.
    pub circuit: Option<OpenCircuit>,
}

/// An open circuit: the provider is unavailable or throttles us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCircuit {
    /// The instant of the next probe. It may be past when no job waits.
    pub until: DateTime<Utc>,
    /// The error that opened the circuit.
    pub because: String,
    /// Consecutive provider failures.
    pub times: i32,
}

/// Why an operation on a job was refused.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// No job has that id.
    #[error("there is no such job")]
    NotFound,
    /// The job's state forbids the operation.
    #[error("{}", forbidden(*.state, .wanted))]
    State {
        /// The state of the job.
        state: State,
        /// The operation, as a participle.
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

/// Makes a job run now: a dead letter or a cancelled job with all of its attempts, a waiting one at
/// once.
///
/// # Errors
/// There is no such job; it runs or is done, or a job with its unique key waits already; the
/// database failed.
pub async fn retry(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> Result<JobRecord, OperateError> {
    let job = lock(tx, id).await?;
    match job.state {
        State::Dead | State::Cancelled | State::Ready => {}
        state @ (State::Sent | State::Running | State::Done) => {
            let wanted = "retried";
            return Err(OperateError::State { state, wanted });
        }
    }
    match store::make_ready(tx, id, now).await {
        Ok(job) => Ok(job),
        Err(error) if platform::db::violates(&error, "jobs_unique_key") => {
            Err(OperateError::WaitsAlready)
        }
        Err(error) => Err(error.into()),
    }
}

/// Cancels a job: it never runs, and is deleted like a job that is done. Consequences outside of
/// the ledger are the caller's to write, in the same transaction.
///
/// # Errors
/// There is no such job; it runs or has ended; the database failed.
pub async fn discard(
    tx: &mut Tx,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<JobRecord, OperateError> {
    let job = lock(tx, id).await?;
    match job.state {
        State::Dead | State::Ready => {}
        state @ (State::Sent | State::Running | State::Done | State::Cancelled) => {
            let wanted = "discarded";
            return Err(OperateError::State { state, wanted });
        }
    }
    Ok(store::cancel(tx, id, now).await?)
}

/// Pauses or resumes a queue. Dispatched jobs still run. Resuming also closes an open circuit: the
/// operator has fixed the cause.
///
/// # Errors
/// The database failed.
pub async fn pause(tx: &mut Tx, queue: Queue, state: PauseState) -> sqlx::Result<()> {
    store::pause(tx, queue, state == PauseState::Paused).await
}

/// Whether a queue is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PauseState {
    /// Its jobs are dispatched.
    Running,
    /// Its jobs are not dispatched.
    Paused,
}

async fn lock(tx: &mut Tx, id: JobId) -> Result<JobRecord, OperateError> {
    if let Some(job) = store::lock(tx, id).await? {
        return Ok(job);
    }
    let found = store::find(&mut **tx, id).await?;
    let state = found.ok_or(OperateError::NotFound)?.state;
    let wanted = "changed";
    Err(OperateError::State { state, wanted })
}

/// The error text for an operation that the state of the job forbids.
fn forbidden(state: State, wanted: &str) -> String {
    match state {
        State::Sent | State::Running | State::Ready => {
            format!(
                "The job is {state} and may be run at this moment: it cannot be {wanted}. Try again when it has ended or is rescheduled."
            )
        }
        State::Done | State::Cancelled | State::Dead => {
            format!("The job is {state}: it cannot be {wanted}.")
        }
    }
}
