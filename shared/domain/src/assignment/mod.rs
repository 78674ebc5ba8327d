//! The choice of an agent for a ticket.

pub mod candidate;
pub mod choose;
pub mod desk;
pub mod load;
pub mod roster;
pub mod shift;
pub mod strategy;

pub use candidate::{Candidate, Requirements, eligible, requirements};
pub use choose::Choice;
pub use desk::{desk_of, served_by};
pub use load::WorkloadRule;
pub use roster::{Extent, Roster};
pub use shift::on_shift;
pub use strategy::Strategy;
