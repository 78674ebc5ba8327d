//! What an event is about: people, a status, a message. Pure.

use crate::{
    ids::{MessageId, UserId},
    tickets::{Status, TicketEventKind},
};

impl TicketEventKind {
    /// The agent who lost the ticket by it.
    #[must_use]
    pub const fn previous_assignee(&self) -> Option<UserId> {
        if let Self::Assigned { from, .. } | Self::Escalated { from, .. } = self {
            *from
        } else if let Self::Unassigned { from } = self {
            Some(*from)
        } else {
            None
        }
    }

    /// The agent who got the ticket by it.
    #[must_use]
    pub const fn new_assignee(&self) -> Option<UserId> {
        if let Self::Assigned { to, .. } = self {
            Some(*to)
        } else if let Self::Escalated { to, .. } = self {
            *to
        } else {
            None
        }
    }

    /// The status that the ticket has by it, where the event is about that.
    #[must_use]
    pub const fn new_status(&self) -> Option<Status> {
        if let Self::StatusChanged { to, .. } = self {
            return Some(*to);
        }
        if matches!(self, Self::Resolved { .. }) {
            return Some(Status::Resolved);
        }
        if matches!(self, Self::Closed) {
            return Some(Status::Closed);
        }
        None
    }

    /// The message or note that was added or redacted.
    #[must_use]
    pub const fn message(&self) -> Option<MessageId> {
        if let Self::MessageAdded { message }
        | Self::NoteAdded { message }
        | Self::MessageRedacted { message, .. } = self
        {
            Some(*message)
        } else {
            None
        }
    }

    /// The people whom a note mentioned until it was redacted by this event.
    #[must_use]
    pub const fn no_longer_mentioned(&self) -> &[UserId] {
        if let Self::MessageRedacted { mentioned, .. } = self {
            mentioned.as_slice()
        } else {
            &[]
        }
    }

    /// The internal note that was added.
    #[must_use]
    pub const fn note(&self) -> Option<MessageId> {
        if let Self::NoteAdded { message } = self {
            Some(*message)
        } else {
            None
        }
    }
}
