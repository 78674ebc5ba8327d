//! Use cases of notifications: planning, content, and the records of their delivery.

pub mod account;
pub mod allowance;
pub mod content;
mod plan_event;
mod record_attempt;
pub mod sms;
pub mod store;
pub mod undeliverable;

pub use plan_event::plan_event;
pub use record_attempt::{Attempt, record_attempt};
