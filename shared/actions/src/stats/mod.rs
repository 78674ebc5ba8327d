//! Statistics: a row for each ticket says what it counts for (`stats_tickets`), and a question reads the rows of its period.
//!
//! [`roll_up`] follows the event feed: it computes the rows of changed tickets anew from the tickets, and moves its cursor in
//! the same transaction. A row is computed and not added to, so that a repeated or interrupted run changes nothing: when the
//! feed is read to its end, all rows equal a recount ([`verify`]).
//!
//! Races:
//! - A ticket changes while its row is computed: the change is later in the feed, and the row is computed again.
//! - Two runs at once: the second finds the cursor locked and does nothing.
//! - The cursor falls behind what the feed keeps, or a backup is restored: all rows are computed anew, in batches.
//! - The release before runs beside this one: its changes are in the feed like all others.

mod intervals;
mod performance;
mod read;
mod roll_up;
mod store;
mod verify;

pub use performance::{OwnPerformance, own_performance};
pub use read::{Answer, Entry, backlog, report, satisfaction, sla, stats};
pub use roll_up::{Rebuilt, rebuild, roll_up};
pub use store::{GroupBy, recount::Verified};
pub use verify::{differences, verify};
