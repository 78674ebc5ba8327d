//! What processes tell each other by Redis: ids, and no text. Pure.

use domain::{
    ids::{TicketId, UserId},
    tickets::Visibility,
    watching::Moment,
};
use serde::{Deserialize, Serialize};

/// A sign of one process to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sign", rename_all = "snake_case")]
pub(super) enum Sign {
    /// Other people may have the ticket open than before.
    Watchers {
        /// The ticket.
        ticket: TicketId,
    },
    /// A person types, or has stopped.
    Typing(Typing),
}

/// A person types on a ticket, or has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Typing {
    /// The ticket.
    pub ticket: TicketId,
    /// Who types.
    pub person: UserId,
    /// Whether it is an internal note.
    is_internal: bool,
    /// Whether it is the beginning or the end.
    pub moment: Moment,
}

impl Typing {
    pub const fn new(ticket: TicketId, person: UserId, what: Visibility, moment: Moment) -> Self {
        let is_internal = match what {
            Visibility::Internal => true,
            Visibility::Public => false,
        };
        Self {
            ticket,
            person,
            is_internal,
            moment,
        }
    }

    /// Who may read what is typed.
    pub const fn what(&self) -> Visibility {
        if self.is_internal {
            Visibility::Internal
        } else {
            Visibility::Public
        }
    }

    /// Its end.
    pub const fn ended(self) -> Self {
        Self {
            moment: Moment::Ended,
            ..self
        }
    }
}

impl Sign {
    /// The ticket that it is about.
    pub const fn ticket(&self) -> TicketId {
        match self {
            Self::Watchers { ticket } | Self::Typing(Typing { ticket, .. }) => *ticket,
        }
    }

    /// The sign as a message.
    pub fn message(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// Reads a message; `None` if it is none of this release.
    pub fn read(message: &[u8]) -> Option<Self> {
        serde_json::from_slice(message).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_sign_is_read_as_it_was_sent_and_anything_else_is_none() {
        let (ticket, person) = (TicketId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let typing = Typing::new(ticket, person, Visibility::Internal, Moment::Began);
        for sign in [
            Sign::Watchers { ticket },
            Sign::Typing(typing),
            Sign::Typing(typing.ended()),
        ] {
            assert_eq!(Sign::read(sign.message().as_bytes()), Some(sign));
        }
        for other in ["", "7", "{}", "{\"sign\":\"newer\"}"] {
            assert_eq!(Sign::read(other.as_bytes()), None, "{other}");
        }
    }
}
