//! Who acts: a person in a role, or the system itself. Pure.

use crate::{ids::UserId, people::Role};

/// A person who has been recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub id: UserId,
    /// As what.
    pub role: Role,
}

/// On whose behalf something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initiator {
    /// A person's request.
    Person(Actor),
    /// The system's own act: a sweep, an automatic assignment.
    System,
}

impl Initiator {
    /// The person, if it is one.
    #[must_use]
    pub fn person(self) -> Option<UserId> {
        match self {
            Self::Person(actor) => Some(actor.id),
            Self::System => None,
        }
    }
}
