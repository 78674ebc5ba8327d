//! Which agent gets a ticket.

pub mod actions;
mod candidate;
mod choose;
mod desk;
mod shift;
pub(crate) mod store;
mod strategy;

pub use candidate::{Candidate, Wanted, eligible};
pub use choose::{Chosen, choose, choose_for_escalation};
pub use desk::{desk_of, served_by};
pub use shift::on_shift;
pub use strategy::Strategy;
