//! What the ledger says of a job, and how long a run may take. Pure.

use chrono::{DateTime, Utc};
use domain::{
    queue::{Queue, QueueName},
    text_enum,
};
use platform::trace::Trace;
use std::{fmt, time::Duration};

/// A job's row.
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
    /// Where a job stands.
    pub enum State {
        /// It waits for its time, or to be handed out.
        Ready = "ready",
        /// It was handed out. A job that works in its own transaction stays so while it runs: the
        /// lock on its row says that it does.
        Sent = "sent",
        /// It runs outside of any transaction, under a lease.
        Running = "running",
        /// It is done.
        Done = "done",
        /// A dead letter: out of attempts, or beyond help.
        Dead = "dead",
        /// Somebody decided against it.
        Cancelled = "cancelled",
    }
}

/// Where a payload has the name of its job.
pub const NAME: &str = "job";
/// The longest run of a job that works in the transaction that holds its row.
pub const RUN_LIMIT: Duration = Duration::from_secs(30);
/// The longest run of a sweep, which works in transactions of its own.
pub const SWEEP_LIMIT: Duration = Duration::from_mins(2);
/// The longest run of a job that works outside of any transaction; its lease is renewed meanwhile. More than
/// the ten minutes that a mail server may take for its last answer.
pub const LEASED_LIMIT: Duration = Duration::from_mins(11);
/// How long the ledger may take to answer when a job is taken, or its outcome written: a connection
/// that is dead without saying so ends here. Nobody waits for locks then.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// How long whoever runs a job outside of a transaction may, after the end of the lease, still say that
/// it is done or goes on: the database may have been away for everybody. A mail that was begun under the
/// lease has come to its end, or was broken off, when four fifths of it are over.
#[must_use]
pub fn grace(lease: Duration) -> Duration {
    lease.min(Duration::from_secs(25))
}

/// Runs in a row that were interrupted, after which a job counts as one that kills its process.
/// Jobs that merely ran beside such a one get their outcome at the next try, and with it a zero.
pub const MAX_INTERRUPTIONS: i32 = 5;

/// A job whose row is locked by the transaction that read it.
#[derive(Debug)]
pub struct Locked {
    /// The row.
    pub id: JobId,
    /// The queue.
    pub queue: Queue,
    /// The job, as JSON.
    pub payload: serde_json::Value,
    /// Attempts that failed so far.
    pub attempt: i32,
    /// Attempts that it has.
    pub max_attempts: i32,
    /// How often it was handed out since its last outcome.
    pub dispatches: i32,
    /// How many runs in a row came to no outcome.
    pub interruptions: i32,
    /// The token of the last claim.
    pub lease_token: i64,
    /// When it was to run.
    pub run_at: DateTime<Utc>,
    /// The trace that it belongs to.
    pub trace: Option<Trace>,
    /// When it was enqueued.
    pub created_at: DateTime<Utc>,
    /// Troubles in a row that its queue has had with the other side.
    pub troubles: i32,
    /// Whether its queue is in trouble, and it is not the one that is sent to see.
    pub held: bool,
}

impl Locked {
    /// What must still hold when an outcome is recorded after the lock was let go.
    #[must_use]
    pub const fn fence(&self) -> Fence {
        Fence {
            id: self.id,
            attempt: self.attempt,
            lease_token: self.lease_token,
        }
    }
}

/// Names one run of a job: it stops to fit as soon as another run got further.
#[derive(Debug, Clone, Copy)]
pub struct Fence {
    /// The row.
    pub id: JobId,
    /// Attempts that had failed before this run.
    pub attempt: i32,
    /// The token of this run's claim.
    pub lease_token: i64,
}

/// How a run ended that did not get its job done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The attempt counts; the job waits until an instant.
    Rescheduled(DateTime<Utc>),
    /// It was through no fault of the job, which keeps its attempts and waits until an instant.
    Requeued(DateTime<Utc>),
    /// The job is a dead letter from an instant on.
    Dead(DateTime<Utc>),
}

/// How much there is of a queue in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The queue, which may be one that this release does not have.
    pub queue: QueueName,
    /// The state: ready, sent, running or dead.
    pub state: State,
    /// How many jobs.
    pub count: i64,
    /// The instant since which the oldest of those that are ready and due could have run.
    pub oldest_due: Option<DateTime<Utc>>,
}
