//! Which agent gets a ticket.

pub mod actions;
mod candidate;
mod choose;
mod desk;
mod load;
mod roster;
mod shift;
pub(crate) mod store;
mod strategy;

pub use candidate::{Candidate, Wanted, eligible, wanted};
pub use choose::Choice;
pub use desk::{desk_of, served_by};
pub use load::Load;
pub use roster::{Extent, Roster};
pub use shift::on_shift;
pub use strategy::Strategy;
