//! Handing jobs out: what the relay asks of the ledger. All of it may be done by any number of
//! processes at once, and the clock that leases go by is the database's.

mod store;

pub use store::{claim, is_alive, listen_connection, look, release, rescue, set_asleep, unclaim};

use crate::jobs::Queue;

/// The channel on which an insert tells sleeping relays.
pub const CHANNEL: &str = "jobs";

/// A queue, as the relay finds it.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The queue.
    pub queue: Queue,
    /// How many hints may lie in Redis; 0 while it is paused.
    pub depth: usize,
    /// Whether there is anything to hand out.
    pub has_due: bool,
}
