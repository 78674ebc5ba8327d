//! Use cases of notifications: planning, content, and the records of their delivery.

pub mod account;
pub mod allowance;
pub mod content;
mod plan_event;
mod record;
pub mod store;

pub use plan_event::plan_event;
pub use record::{Attempt, record};
