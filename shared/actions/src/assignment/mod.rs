//! Automatic assignment of tickets. Agents are claimed by [`crate::agents`].
//!
//! Race: a new ticket finds free capacity before an older ticket does. It assigns the older ticket instead, which is
//! locked only if no other transaction has locked it.

mod automatic;
mod give;
mod queue;
mod unassigned_queue;

pub use automatic::assign_automatically;
pub use queue::{assign_to_available_agent, assign_waiting};
