//! Handing jobs out: what the relay asks of the ledger. All of it may be done by any number of
//! processes at once, and the clock that leases go by is the database's.

mod store;

pub use store::{
    claim, claim_probe, is_alive, listen_connection, look, release, rescue, set_asleep, unclaim,
};

use chrono::{DateTime, Utc};
use domain::queue::Queue;

/// The channel on which an insert tells sleeping relays.
pub const CHANNEL: &str = "jobs";

/// A queue, as the relay finds it.
#[derive(Debug, Clone, Copy)]
pub struct QueueSnapshot {
    /// The queue.
    pub queue: Queue,
    /// How many hints may lie in Redis; 0 while it is paused.
    pub depth: usize,
    /// Whether there is anything to hand out.
    pub has_due: bool,
    /// When the next job falls due that is not yet.
    pub next_due: Option<DateTime<Utc>>,
    /// Whether and how it flows.
    pub circuit: CircuitState,
}

/// Whether the other side of a queue is in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// It is not, as far as is known.
    Closed,
    /// It is, and is left alone until then.
    OpenUntil(DateTime<Utc>),
    /// It was: one job may go, to see.
    HalfOpen,
}
