//! The key by which a caller names a ticket: its id or its number. Pure.

use crate::{ids::TicketId, tickets::TicketNumber};

/// The key of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketKey {
    /// By id.
    Id(TicketId),
    /// By number.
    Number(TicketNumber),
}

impl TicketKey {
    /// Parses an id or a number; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse()
            .map(Self::Id)
            .ok()
            .or_else(|| TicketNumber::parse(text).map(Self::Number))
    }
}
