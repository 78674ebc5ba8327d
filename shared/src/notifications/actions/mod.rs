//! What is done with notifications: planning them, and keeping account of their delivery.

mod plan_event;
mod record;

pub use plan_event::plan_event;
pub use record::{Attempt, record};
