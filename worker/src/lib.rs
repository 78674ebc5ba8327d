//! The job workers. PostgreSQL holds the jobs, Redis carries hints through apalis, and whatever
//! either of them loses, the other brings back: `docs/JOBS.md` tells the path of a job.

pub mod channels;
mod connection;
mod context;
mod drain;
mod janitor;
pub mod jobs;
mod limits;
mod listener;
pub mod mail;
mod pool;
pub mod relay;
mod role;
pub mod run;
pub mod runners;
pub mod transport;
mod wake;

pub use context::JobContext;
pub use drain::{DrainError, drain};
pub use role::{RoleError, run};
