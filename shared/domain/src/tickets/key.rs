//! What names a ticket to people and programs: its id, or its number. Pure.

use crate::{ids::TicketId, tickets::TicketNumber};

/// How a caller names a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketKey {
    /// By id.
    Id(TicketId),
    /// By number.
    Number(TicketNumber),
}

impl TicketKey {
    /// Reads an id or a number; `None` when it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.parse()
            .map(Self::Id)
            .ok()
            .or_else(|| TicketNumber::parse(text).map(Self::Number))
    }
}
