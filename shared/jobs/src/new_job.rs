//! The input of [`enqueue`](crate::enqueue). Pure.

use chrono::{DateTime, Utc};
use domain::queue::{Execution, Queue};
use platform::trace::Trace;
use serde_json::Value;

/// A job to enqueue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The queue.
    pub queue: Queue,
    /// A JSON object with the name of the job under [`NAME`] and the parameters of its handler.
    ///
    /// [`NAME`]: crate::ledger::NAME
    pub payload: Value,
    /// At most one job with an equal key waits or runs at a time. Two transactions that insert the
    /// same key wait for each other.
    pub unique_key: Option<String>,
    /// Order within the queue: of the jobs that are due, the highest priority is dispatched first.
    /// Any `i16`; the jobs of this program use 0 and 10.
    pub priority: i16,
    /// Attempts before the job moves to the dead letters, at least 1.
    pub attempts: i32,
    /// The trace that the job continues.
    pub trace: Option<Trace>,
}

/// The properties shared by jobs that are enqueued together.
#[derive(Debug, Clone, Copy)]
pub struct Batch {
    /// Where the jobs run: in the workers, or inline in this process.
    pub execution: Execution,
    /// The instant of the enqueueing.
    pub created_at: DateTime<Utc>,
    /// The earliest instant at which they run, by the clock of the relay's process.
    pub run_at: DateTime<Utc>,
}
