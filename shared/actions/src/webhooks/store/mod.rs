//! The SQL of webhooks. No decisions.

mod deliveries;
mod endpoints;
mod log;
mod planner;

pub use deliveries::prune;
pub(super) use deliveries::{
    NewDelivery, Outcome, content, end, expedite, hold, insert, insert_test, lock, log_attempt,
    restart, webhook_of,
};
pub use endpoints::{all, count, expire_previous, find};
pub(super) use endpoints::{delete, insert as insert_webhook, lock as lock_webhook, save};
pub use log::{attempts_of, count_of, of_webhook};
pub(super) use planner::{
    Subscriber, has_work, hold_cursor, lock_cursor, move_cursor, subscribers, take_asked_for,
    take_due,
};
