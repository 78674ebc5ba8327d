//! The payload of a delivery. Pure.

use domain::{
    channel::Channel,
    ids::{DigestId, NotificationId},
};
use uuid::Uuid;

/// The delivery of a message on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The channel.
    pub channel: Channel,
    /// What is delivered.
    pub parcel: Parcel,
}

/// What one message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parcel {
    /// One notification.
    Notification(NotificationId),
    /// The notifications that were gathered for a person.
    Digest(DigestId),
}

impl Parcel {
    /// Its id: a notification and a digest never have the same.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Notification(notification) => notification.0,
            Self::Digest(digest) => digest.0,
        }
    }
}

impl Delivery {
    /// The delivery of one notification.
    #[must_use]
    pub const fn of(channel: Channel, notification: NotificationId) -> Self {
        Self {
            channel,
            parcel: Parcel::Notification(notification),
        }
    }
}
