//! The actor of a request, and the initiator of a unit of work. Pure.

use crate::{ids::UserId, people::Role};

/// An authenticated person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub id: UserId,
    /// The role in which the person acts.
    pub role: Role,
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
