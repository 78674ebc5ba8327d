//! What the ledger has to be told of a job to keep it. Pure.

use chrono::{DateTime, Utc};
use domain::queue::{Execution, Queue};
use platform::trace::Trace;
use serde_json::Value;

/// A job that is to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The queue that it waits in.
    pub queue: Queue,
    /// An object with the name of the job under [`NAME`], and whatever its handler needs.
    ///
    /// [`NAME`]: crate::ledger::NAME
    pub payload: Value,
    /// Of jobs with an equal key only one waits at a time. Two transactions that insert the same key wait for
    /// each other.
    pub unique_key: Option<String>,
    /// Which of the jobs in a queue goes first: the higher.
    pub priority: i16,
    /// Attempts that it has.
    pub attempts: i32,
}

/// What jobs that are enqueued together have in common.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// Who is to run them.
    pub lane: Execution,
    /// When they are enqueued.
    pub created_at: DateTime<Utc>,
    /// When they are to run, by the clock of the relay.
    pub run_at: DateTime<Utc>,
    /// The trace that they belong to.
    pub trace: Option<Trace>,
}
