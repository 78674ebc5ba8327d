//! The ledger of jobs. A row in PostgreSQL is the job and its lock; Redis only carries references
//! to rows. Callers enqueue here, in the transaction of the change that the job follows from;
//! `worker` runs the jobs.
//!
//! In this crate a job is a name, a queue and a payload. The list of jobs and their handlers are
//! defined in the crates above (`actions::job_list`). Nothing of tickets, people or notifications
//! is imported.

pub mod circuit;
pub mod ledger;
mod new_job;
pub mod operate;
pub mod policy;
pub mod rate_limit;
pub mod relay;
pub mod retry;
pub mod store;

pub use domain::queue::{Execution, Queue, QueueName};
pub use ledger::{JobId, State};
pub use new_job::{Batch, NewJob};
pub use store::enqueue;

pub mod schedules;
