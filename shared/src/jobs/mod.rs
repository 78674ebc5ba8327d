//! The ledger of jobs. The row in PostgreSQL is the job and its lock; what travels through Redis
//! is a hint that names the row. Enqueue here, in the transaction of the change that the job
//! follows from; `worker` does the rest.

pub mod circuit;
mod enqueue;
mod job;
pub mod ledger;
pub mod operate;
pub mod pace;
pub mod policy;
mod queue_name;
pub mod relay;
pub mod retry;
pub mod store;

pub use enqueue::{enqueue, enqueue_all, enqueue_at};
pub use job::{Job, Lane, Queue};
pub use ledger::{JobId, State};
pub use queue_name::QueueName;
