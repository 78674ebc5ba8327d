//! Statistics, answered from aggregates that workers keep.
//!
//! A change of a ticket appends the ticket's bucket to a list ([`mark_dirty`], in the transaction
//! of the change); [`roll_up`] takes buckets off the list and counts them anew from the tickets.
//! Counting anew instead of adding differences makes a repeated or a lost roll-up harmless, and at
//! rest the aggregates equal a recount row for row ([`differences`]).
//!
//! Races:
//! - A change commits while its bucket is being counted: its note is not taken off the list, since
//!   it was not there yet, and the bucket is counted again.
//! - Two roll-ups at once: the second finds the lock taken and leaves the work to the first.

pub mod figures;
pub mod query;

pub use figures::{AgentFigures, Count, Performance, Stats};
pub use query::{Query, QueryFields, Range};
