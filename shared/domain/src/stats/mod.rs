//! Statistics, read from aggregates that workers compute.
//!
//! A change of a ticket appends the ticket's bucket to a list ([`mark_dirty`], in the transaction
//! of the change); [`roll_up`] takes buckets off the list and counts their tickets again.
//! Counting again instead of adding differences makes a repeated or a lost roll-up harmless: when the list is
//! empty, the aggregates equal a recount row for row ([`differences`]).
//!
//! Races:
//! - A change commits while its bucket is being counted: its entry in the list is newer than those
//!   that were taken, and the bucket is counted again.
//! - Two roll-ups at once: the second finds the lock held and does nothing.

pub mod figures;
pub mod query;

pub use figures::{AgentFigures, Count, Performance, Stats};
pub use query::{Query, Range};
