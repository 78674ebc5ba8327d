//! The states of a job, its time limits, and the fence that protects its outcome. Pure.

use chrono::{DateTime, Utc};
use domain::{
    queue::{Queue, QueueName},
    text_enum,
};
use platform::trace::Trace;
use std::{fmt, time::Duration};

/// The id of a job's row.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_enum! {
    /// The state of a job.
    pub enum State as "JobState" {
        /// The job waits for its time, or for a worker.
        Ready = "ready",
        /// The job was dispatched to a worker. A job that works in its own transaction keeps this state while
        /// it runs; the lock on its row shows that it runs.
        Sent = "sent",
        /// The job runs outside of any transaction, under a lease.
        Running = "running",
        /// The job is done.
        Done = "done",
        /// The job is a dead letter: no attempts are left, or the error is permanent.
        Dead = "dead",
        /// An operator has cancelled the job.
        Cancelled = "cancelled",
    }
}

/// The payload field that holds the name of the job.
pub const NAME: &str = "job";
/// The time limit of a job that works in the transaction that holds its row.
pub const RUN_LIMIT: Duration = Duration::from_secs(30);
/// The time limit of jobs that run together: one that takes longer has to let go of the others.
pub const TOGETHER_LIMIT: Duration = Duration::from_secs(5);
/// The time limit of a sweep, which works in transactions of its own.
pub const SWEEP_LIMIT: Duration = Duration::from_mins(2);
/// The time limit of a job that works outside of any transaction; its lease is renewed meanwhile.
/// It is longer than the ten minutes that a mail server may take for its last response.
pub const LEASED_LIMIT: Duration = Duration::from_mins(11);
/// The time limit for claiming a job or recording an outcome. It ends the wait on a dead
/// connection; no lock is waited for at these points.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// The time limit of one request to the database under a lease, which has time for several.
#[must_use]
pub fn answer_limit(lease: Duration) -> Duration {
    ANSWER_LIMIT.min(lease / 4)
}

/// Grace after a lease expires, in which its holder may still renew it or record the outcome, since
/// the database may have been unavailable to every process. A mail that began under the lease is
/// sent or aborted within four fifths of the grace.
#[must_use]
pub fn grace(lease: Duration) -> Duration {
    lease.min(Duration::from_secs(25))
}

/// Consecutive runs without an outcome, after which a job counts as the cause of its process's
/// death. A job that only ran beside such a job records an outcome at its next run, which resets
/// its count.
pub const MAX_INTERRUPTIONS: i32 = 5;

/// A job whose row is locked by the transaction that read it.
#[derive(Debug)]
pub struct Locked {
    /// The job's row.
    pub id: JobId,
    /// The queue.
    pub queue: Queue,
    /// The name of the job and its parameters, as JSON.
    pub payload: serde_json::Value,
    /// Attempts that failed so far.
    pub attempt: i32,
    /// Attempts in all.
    pub max_attempts: i32,
    /// Dispatches since the last outcome.
    pub dispatches: i32,
    /// Consecutive runs without an outcome.
    pub interruptions: i32,
    /// The fencing token of the last claim.
    pub lease_token: i64,
    /// The instant at which the job was due.
    pub run_at: DateTime<Utc>,
    /// The instant at which it was first due: failed attempts do not move it.
    pub due_at: DateTime<Utc>,
    /// The trace that the job continues.
    pub trace: Option<Trace>,
    /// The instant of the enqueueing.
    pub created_at: DateTime<Utc>,
    /// Consecutive provider failures of the job's queue; 0 while the circuit is closed.
    pub provider_failures: i32,
    /// Whether the circuit of the queue is open and this job is not its probe: it must not run.
    pub is_blocked: bool,
}

impl Locked {
    /// The fence that an outcome has to match once the lock is released.
    #[must_use]
    pub const fn fence(&self) -> Fence {
        Fence {
            id: self.id,
            attempt: self.attempt,
            lease_token: self.lease_token,
        }
    }
}

/// Identifies one run of a job. It no longer matches once another run has recorded an outcome or
/// claimed the job.
#[derive(Debug, Clone, Copy)]
pub struct Fence {
    /// The job's row.
    pub id: JobId,
    /// Failed attempts before this run.
    pub attempt: i32,
    /// The fencing token of this run's claim.
    pub lease_token: i64,
}

/// The end of a run that did not complete its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The attempt counts; the job waits until this instant.
    Rescheduled(DateTime<Utc>),
    /// The attempt does not count; the job waits until this instant.
    Requeued(DateTime<Utc>),
    /// The job is a dead letter as of this instant.
    Dead(DateTime<Utc>),
}

/// The number of jobs of a queue in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The queue; possibly one that only another release has.
    pub queue: QueueName,
    /// The state: ready, sent, running or dead.
    pub state: State,
    /// The number of jobs.
    pub count: i64,
    /// The `run_at` of the oldest ready job that is due.
    pub oldest_due: Option<DateTime<Utc>>,
}
