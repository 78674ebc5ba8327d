//! Which ticket a request names, and the versions that its caller accepts. Pure.

use domain::{ids::TicketId, tickets::TicketKey};

/// A ticket, and the version that the caller expects it to have.
#[derive(Debug, Clone)]
pub struct Target {
    /// The ticket, by id or number.
    pub key: TicketKey,
    /// The version that the caller has seen (`If-Match`).
    pub version: ExpectedVersion,
}

/// The versions of a ticket in which a change may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedVersion {
    /// Any version.
    Any,
    /// One of these, which may be none.
    OneOf(Vec<i64>),
}

impl ExpectedVersion {
    /// Whether a ticket of version `present` may be changed.
    #[must_use]
    pub fn admits(&self, present: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&present),
        }
    }
}

impl From<TicketId> for Target {
    fn from(id: TicketId) -> Self {
        TicketKey::Id(id).into()
    }
}

impl From<TicketKey> for Target {
    fn from(key: TicketKey) -> Self {
        Self {
            key,
            version: ExpectedVersion::Any,
        }
    }
}
