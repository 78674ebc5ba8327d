//! Outgoing webhooks: events of the feed that other systems are sent.
//!
//! The planner ([`pass`]) makes deliveries of the feed and begins those that may begin; a job `deliver_webhook` makes one
//! attempt, which [`record_attempt`] records. Everything that decides what may begin is in rows, so that a process that dies costs
//! time only. Races:
//! - two planners at once: the second finds the cursor locked, and looks again soon;
//! - a planner dies: its deliveries and its step along the feed are rolled back together;
//! - a process dies between a response and its record: the attempt is made again, under the same id, by which the
//!   receiver recognises it;
//! - an endpoint is disabled while an attempt is under way: the attempt is recorded, and the delivery waits if it failed;
//! - an endpoint is deleted while an attempt is under way: nothing is left to record.

mod attempt;
mod by_hand;
mod endpoints;
mod model;
mod plan;
pub mod store;

pub use attempt::{AttemptReport, Outgoing, abandon, hold, outgoing, record_attempt};
pub use by_hand::{redeliver, send_test};
pub use endpoints::{MOST_WEBHOOKS, change, create, delete, end_past, find, rotate_secret};
pub use model::{Attempt, Delivery, Webhook};
pub use plan::{Pass, Planned, pass, plan};
