//! The entries of the feed, and the names of what is told of them. Pure.

use crate::{
    ids::{EventId, NotificationId, TicketId, UserId},
    live_event::LiveEvent,
    text_enum,
    tickets::TicketEvent,
};
use chrono::{DateTime, Utc};

/// The place of an entry in the feed. Later entries have greater positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct FeedPosition(pub i64);

text_enum! {
    /// What an entry of the feed is about, as it is stored.
    pub enum FeedKind {
        /// The beginning of the feed, which is told to nobody.
        Start = "start",
        /// A change of a ticket.
        Ticket = "ticket",
        /// A change of an agent's availability.
        Availability = "availability",
        /// A new notification of a person, or that a person has read some.
        Notification = "notification",
    }
}

/// One committed change.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEntry {
    /// Its place.
    pub position: FeedPosition,
    /// Its id: the same whenever the entry is told.
    pub id: EventId,
    /// When the change was made.
    pub at: DateTime<Utc>,
    /// What changed.
    pub change: FeedChange,
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedChange {
    /// A ticket: the entry of its history, and its version after the change.
    Ticket {
        /// The entry of the history.
        event: TicketEvent,
        /// The version after the change.
        version: i64,
    },
    /// The availability of an agent.
    Availability {
        /// The agent.
        agent: UserId,
    },
    /// A notification.
    Notification {
        /// The person who is notified.
        person: UserId,
        /// The notification.
        notification: NotificationId,
    },
    /// A person has read notifications.
    NotificationsRead {
        /// The person.
        person: UserId,
    },
}

impl FeedChange {
    /// The name of the event, for people who see what changed.
    #[must_use]
    pub const fn name(&self) -> LiveEvent {
        match self {
            Self::Ticket { event, .. } => event.kind.spec().live,
            Self::Availability { .. } => LiveEvent::AgentAvailability,
            Self::Notification { .. } => LiveEvent::NotificationNew,
            Self::NotificationsRead { .. } => LiveEvent::NotificationRead,
        }
    }

    /// The ticket that changed.
    #[must_use]
    pub const fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Ticket { event, .. } => Some(event.ticket),
            Self::Availability { .. }
            | Self::Notification { .. }
            | Self::NotificationsRead { .. } => None,
        }
    }

    /// The person whom alone it concerns.
    #[must_use]
    pub const fn addressee(&self) -> Option<UserId> {
        match self {
            Self::Notification { person, .. } | Self::NotificationsRead { person } => Some(*person),
            Self::Ticket { .. } | Self::Availability { .. } => None,
        }
    }
}
