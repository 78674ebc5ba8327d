//! Notifications: who hears of an event, on which channel, and what became of it.
//!
//! An event is planned once: `plan` says who is to be told, and each of them gets a row and a job
//! in one transaction. What is told is loaded when it is sent, so that nobody is sent what they
//! may no longer see.

pub mod content;
pub mod mention;
pub mod model;
pub mod plan;

pub use crate::channel::Channel;
pub use mention::mentions;
pub use model::{Audience, NotificationStatus, Planned, Template};
pub use plan::{ResolutionTold, TicketParticipants, assignee, level_above, plan};
