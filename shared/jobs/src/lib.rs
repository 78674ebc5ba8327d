//! The ledger of jobs. The row in PostgreSQL is the job and its lock; what travels through Redis
//! is a hint that names the row. Enqueue here, in the transaction of the change that the job
//! follows from; `worker` does the rest.
//!
//! A job is a name, a queue and a payload here: which jobs there are, and what runs them, is known above
//! ([`actions::job_list`]). Nothing of tickets, people or notifications is imported.

pub mod circuit;
pub mod ledger;
mod new_job;
pub mod operate;
pub mod pace;
pub mod policy;
pub mod relay;
pub mod retry;
pub mod store;

pub use domain::queue::{Execution, Queue, QueueName};
pub use ledger::{JobId, State};
pub use new_job::{Batch, NewJob};
pub use store::enqueue;

pub mod schedules;
