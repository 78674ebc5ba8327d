//! Use cases of notifications: planning, content, and the records of their delivery.

pub mod account;
pub mod allowance;
pub mod content;
pub mod digest;
mod gather;
pub mod in_app;
mod participants;
mod plan;
pub mod preferences;
mod reach;
mod record_attempt;
pub mod sms;
pub mod store;
pub mod trial;
pub mod undeliverable;

pub use gather::forget_windows_before;
pub use plan::{ToPlan, plan_notifications};
pub use record_attempt::{Attempt, Holding, record_attempt};
