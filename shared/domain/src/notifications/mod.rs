//! Notifications: who is notified of an event, on which channel, and the status of each delivery.
//!
//! An event is planned once: `plan` lists the notifications, and each gets a row and a delivery job in
//! one transaction. The content is loaded at delivery, so that nobody gets what they may no longer see.

pub mod content;
pub mod mention;
pub mod model;
pub mod plan;

pub use crate::{
    channel::Channel,
    template::{Audience, Template},
};
pub use mention::mentions;
pub use model::{NotificationStatus, Planned};
pub use plan::{ResolutionTold, TicketParticipants, assignee, level_above, plan};
