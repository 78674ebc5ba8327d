//! The names of the events that clients are told as they happen. Pure.

use crate::text_enum;

text_enum! {
    /// The name of an event, as clients know it.
    pub enum LiveEvent as "EventType" {
        /// A ticket was created.
        TicketCreated = "ticket:created",
        /// A ticket changed.
        TicketUpdated = "ticket:updated",
        /// A message or a note was added to a ticket.
        TicketMessage = "ticket:message",
        /// A ticket passed out of the caller's sight.
        TicketRemoved = "ticket:removed",
        /// An agent's availability changed.
        AgentAvailability = "agent:availability",
        /// The caller has a new notification.
        NotificationNew = "notification:new",
        /// The caller has read notifications, perhaps in another window.
        NotificationRead = "notification:read",
    }
}
