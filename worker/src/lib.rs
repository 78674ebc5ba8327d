//! The job workers. PostgreSQL holds the jobs, Redis carries references to them through apalis, and
//! whatever either of them loses is recovered from the other: `docs/JOBS.md` shows the path of a
//! job.

pub mod channels;
mod connection;
mod context;
mod drain;
mod janitor;
pub mod jobs;
mod limits;
mod listener;
pub mod mail;
mod pace;
mod pool;
mod push;
pub mod relay;
mod reply;
mod role;
pub mod run;
pub mod runners;
mod slots;
pub mod sms;
pub mod transport;
mod wake;
mod webhooks;

pub use context::JobContext;
pub use drain::{DrainError, drain};
pub use push::Message as PushMessage;
pub use role::{RoleError, run};
