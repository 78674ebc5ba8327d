//! The actor of a request, and the initiator of a unit of work. Pure.

use crate::{
    ids::{SessionId, UserId},
    people::Role,
};

/// An authenticated person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub id: UserId,
    /// The role in which the person acts.
    pub role: Role,
}

/// A person with a valid token, whose session and role are not read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub person: UserId,
    /// The session; `None` for a token of an external issuer.
    pub session: Option<SessionId>,
}

/// The initiator of a unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initiator {
    /// A person's request.
    Person(Actor),
    /// The system: a sweep, an automatic assignment.
    System,
}

impl Initiator {
    /// The person; `None` for the system.
    #[must_use]
    pub fn person(self) -> Option<UserId> {
        match self {
            Self::Person(actor) => Some(actor.id),
            Self::System => None,
        }
    }
}
