//! The list of jobs. The ledger ([`jobs`]) knows nothing of tickets or people; this module says which jobs there
//! are. `job` has every job with its row and `enqueue` adds them to the ledger.

mod delivery;
mod enqueue;
mod job;
mod spec;

pub use delivery::{Delivery, Parcel};
pub use enqueue::{enqueue, enqueue_all, enqueue_at, enqueue_traced};
pub use job::Job;
pub use spec::JobSpec;
