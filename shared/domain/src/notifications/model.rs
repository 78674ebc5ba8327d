//! A planned notification, and the status of each. Pure.

use crate::{ids::UserId, template::Template, text_enum, tickets::Recipient};

text_enum! {
    /// The status of a notification.
    pub enum NotificationStatus {
        /// Not delivered yet.
        Pending = "pending",
        /// A provider accepted it.
        Sent = "sent",
        /// Delivery failed. It can be retried.
        Failed = "failed",
        /// Nobody knows whether the provider accepted it, and it is not sent again: a delivery report settles it.
        Unknown = "unknown",
        /// Held until the address is confirmed.
        Held = "held",
        /// Waits to be told together with others, in one digest.
        Gathered = "gathered",
        /// Not delivered, since it was no longer due.
        Dropped = "dropped",
    }
}

impl NotificationStatus {
    /// Whether no further attempt is made.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Sent | Self::Dropped | Self::Unknown => true,
            Self::Pending | Self::Failed | Self::Held | Self::Gathered => false,
        }
    }
}

/// A person who is to be told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// The recipient.
    pub to: UserId,
    /// What the person is told.
    pub template: Template,
    /// Why this person.
    pub recipient: Recipient,
}
