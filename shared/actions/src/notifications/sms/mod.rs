//! Text messages: their caps, their records and their delivery reports.
//!
//! A message that may be lost on the way must not be sent twice, since providers have no idempotency keys: where nobody
//! knows whether a provider accepted one, the notification is `unknown`, and the provider's report settles it.
//!
//! Races:
//! - two workers at once: the row of the day is the lock under which messages are counted, so that no cap is passed;
//! - a process dies between a response and its record: the message is sent again, unless a report came first;
//! - a report comes before the response is recorded: the row exists from the first attempt on, and both lock it. What the
//!   report says stays;
//! - reports come late, twice or out of order: only a later state replaces an earlier one, and a final one stays.

mod begin;
mod record;
mod report;
mod store;

pub use begin::{Admission, Begun, Caps, begin};
pub use record::{Receipt, accept, doubt};
pub use report::{Subject, report};
pub use store::{forget_before, prune};
