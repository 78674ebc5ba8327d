//! Notifications: who is notified of an event, on which channels and when, and the status of each delivery.
//!
//! An event is planned once: `plan` lists the people, `routing` the channels of each. The content is loaded at delivery,
//! and everything is decided again then, so that nobody gets what they may no longer see, or want.

pub mod content;
pub mod gathering;
pub mod mention;
pub mod model;
pub mod new_preferences;
pub mod plan;
pub mod quiet;
pub mod routing;
pub mod unsubscribe;

pub use crate::{
    channel::Channel,
    template::{Audience, Template},
};
pub use gathering::{Gathering, gathering};
pub use mention::mentions;
pub use model::{NotificationStatus, Planned};
pub use new_preferences::{PreferencesChange, kinds_for};
pub use plan::{
    Occasion, ResolutionTold, TicketParticipants, assignee, level_above, plan, returned_by,
};
pub use quiet::quiet_until;
pub use routing::{Preference, Reach, channels};
