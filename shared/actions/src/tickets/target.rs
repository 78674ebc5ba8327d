//! Which ticket a request names, and the version that its caller expects. Pure.

use domain::{ids::TicketId, tickets::TicketKey};

/// A ticket, and the version that the caller expects it to have.
#[derive(Debug, Clone)]
pub struct Target {
    /// The ticket, by id or number.
    pub key: TicketKey,
    /// The version that the caller has seen (`If-Match`); `None` when the request names none.
    pub version: Option<i64>,
}

impl From<TicketId> for Target {
    fn from(id: TicketId) -> Self {
        Self {
            key: TicketKey::Id(id),
            version: None,
        }
    }
}
