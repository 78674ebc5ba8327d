//! The words of webhooks: types, states, and why an attempt failed. Pure.

use crate::{live_event::LiveEvent, text_enum};

text_enum! {
    /// What an outgoing webhook tells of.
    pub enum WebhookType {
        /// A ticket was created.
        TicketCreated = "ticket.created",
        /// A ticket changed.
        TicketUpdated = "ticket.updated",
        /// A message or a note was added to a ticket.
        TicketMessage = "ticket.message",
        /// An agent's availability changed.
        AgentAvailability = "agent.availability",
        /// An admin tried the endpoint out. It is sent whatever types the endpoint asks for.
        Test = "webhook.test",
    }
}

impl WebhookType {
    /// The type under which an event is told; `None` for what no webhook is told.
    #[must_use]
    pub const fn of(event: LiveEvent) -> Option<Self> {
        match event {
            LiveEvent::TicketCreated => Some(Self::TicketCreated),
            LiveEvent::TicketUpdated => Some(Self::TicketUpdated),
            LiveEvent::TicketMessage => Some(Self::TicketMessage),
            LiveEvent::AgentAvailability => Some(Self::AgentAvailability),
            LiveEvent::TicketRemoved | LiveEvent::NotificationNew | LiveEvent::NotificationRead => {
                None
            }
        }
    }
}

text_enum! {
    /// The state of a delivery.
    pub enum DeliveryStatus as "WebhookDeliveryStatus" {
        /// It waits for its time, for an earlier event of the same ticket, or for the endpoint.
        Waiting = "waiting",
        /// An attempt is under way.
        Sending = "sending",
        /// The endpoint accepted it.
        Delivered = "delivered",
        /// All attempts failed. It is sent again only if an admin asks for it.
        Exhausted = "exhausted",
    }
}

text_enum! {
    /// Why an endpoint is disabled.
    pub enum DisabledBecause as "WebhookDisabledReason" {
        /// An admin disabled it.
        ByAdmin = "by_admin",
        /// It responded with 410, by which a receiver says that it wants no more.
        Gone = "gone",
        /// All attempts of five days failed.
        Failures = "failures",
    }
}

text_enum! {
    /// Why an attempt failed.
    pub enum DeliveryFailure as "WebhookFailure" {
        /// No connection: the name is unknown, the port is closed, nobody answered, or the address is not allowed.
        Refused = "refused",
        /// The connection could not be encrypted: the certificate is not valid for the name, for example.
        Tls = "tls",
        /// The response took longer than 15 seconds.
        TimedOut = "timed_out",
        /// The connection broke off before the response was complete, or the response was no HTTP.
        BrokeOff = "broke_off",
        /// The endpoint redirected to another address. Redirects are not followed.
        Redirected = "redirected",
        /// The endpoint responded with 410: it wants no more events.
        Gone = "gone",
        /// The endpoint responded with another status than 2xx.
        Status = "status",
        /// The endpoint responded with 2xx and a web page, as the page of a login or of a provider does.
        Page = "page",
        /// The attempt could not be made, and an operator ended it.
        Abandoned = "abandoned",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_the_name_of_its_live_event_with_a_dot() {
        for event in LiveEvent::ALL {
            if let Some(kind) = WebhookType::of(*event) {
                assert_eq!(kind.as_str(), event.as_str().replace(':', "."));
            }
        }
    }
}
