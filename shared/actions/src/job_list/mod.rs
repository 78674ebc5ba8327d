//! The list of jobs. The ledger ([`jobs`]) knows nothing of tickets or people; this module says which jobs there
//! are. `job` has every job with its row, `enqueue` adds them to the ledger, `operate` has the commands of operators.

mod delivery;
mod enqueue;
mod job;
mod operate;
mod spec;

pub use delivery::Delivery;
pub use enqueue::{enqueue, enqueue_all, enqueue_at};
pub use job::Job;
pub use operate::{abandon, discard, refused, retry};
pub use spec::JobSpec;
