//! The payload of a delivery. Pure.

use domain::{channel::Channel, ids::NotificationId};

/// The delivery of a notification on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The channel.
    pub channel: Channel,
    /// The notification.
    pub notification: NotificationId,
}
