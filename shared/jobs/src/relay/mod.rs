//! Dispatching: the queries of the relay. Any number of processes may run them at once. Leases go
//! by the clock of the database.

mod store;

pub use store::{
    claim, claim_probe, is_alive, listen_pool, release, rescue, set_asleep, snapshot, unclaim,
};

use chrono::{DateTime, Utc};
use domain::queue::Queue;

/// The channel on which an insert notifies sleeping relays.
pub const CHANNEL: &str = "jobs";

/// The state of a queue at the beginning of a pass of the relay.
#[derive(Debug, Clone, Copy)]
pub struct QueueSnapshot {
    /// The queue.
    pub queue: Queue,
    /// How many job references may wait in Redis, by the configured depth (1 or more, 100 by
    /// default); 0 while the queue is paused.
    pub depth: usize,
    /// Whether any job is due.
    pub has_due: bool,
    /// The earliest `run_at` of a job that is not due yet.
    pub next_due: Option<DateTime<Utc>>,
    /// The state of the circuit breaker.
    pub circuit: CircuitState,
}

/// The state of a circuit breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// Jobs are dispatched.
    Closed,
    /// No job is dispatched until this instant.
    OpenUntil(DateTime<Utc>),
    /// One probe job is dispatched.
    HalfOpen,
}
