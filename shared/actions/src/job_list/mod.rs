//! The list of jobs: what the ledger ([`jobs`]), which knows nothing of tickets or people, is used for here.
//! `job` has every job with its row, `enqueue` puts them on the ledger, `operate` is what operators decide about them.

mod enqueue;
mod job;
mod operate;
mod spec;

pub use enqueue::{enqueue, enqueue_all, enqueue_at};
pub use job::{Delivery, Job};
pub use operate::{abandon, discard, refused, retry};
pub use spec::JobSpec;
