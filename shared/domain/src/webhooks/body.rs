//! What is sent: ids, numbers and words of our own. A receiver fetches the rest with its own rights, so that internal
//! notes, names and addresses stay out of foreign logs. Pure.

use super::WebhookType;
use crate::{
    feed::{FeedChange, FeedEntry},
    ids::{EventId, TicketId, UserId, WebhookId},
    tickets::{EventActor, Ticket},
    time_format,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// What a webhook is told of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thin {
    /// The type.
    pub kind: WebhookType,
    /// Whose events stay in order: the ticket, or the agent.
    pub subject: uuid::Uuid,
    /// The body, as JSON.
    pub body: String,
}

impl Thin {
    /// What is told of an entry of the feed; `None` for what no webhook is told. `ticket` is the ticket of the entry as
    /// it is now.
    #[must_use]
    pub fn of(entry: &FeedEntry, ticket: Option<&Ticket>) -> Option<Self> {
        let kind = WebhookType::of(entry.change.name())?;
        let (subject, data) = match &entry.change {
            FeedChange::Ticket { event, version } => {
                let ticket = ticket?;
                let by: Option<UserId> = match event.by {
                    EventActor::Person(person, _) => Some(person),
                    EventActor::System => None,
                };
                let TicketId(subject) = ticket.id;
                let data = json!({
                    "eventId": entry.id,
                    "event": event.kind.name(),
                    "ticketId": ticket.id,
                    "ticketNumber": ticket.number.to_string(),
                    "version": version,
                    "messageId": event.kind.message(),
                    "by": by,
                    "status": ticket.status,
                    "priority": ticket.priority,
                    "assignedTo": ticket.assigned_to,
                });
                (subject, data)
            }
            FeedChange::Availability { agent } => {
                (agent.0, json!({"eventId": entry.id, "agentId": agent}))
            }
            FeedChange::Notification { .. } | FeedChange::NotificationsRead { .. } => return None,
        };
        Some(Self {
            kind,
            subject,
            body: body(kind, entry.at, &data),
        })
    }
}

/// The body of a test.
#[must_use]
pub fn test_body(webhook: WebhookId, event: EventId, at: DateTime<Utc>) -> String {
    let data = json!({"eventId": event, "webhookId": webhook});
    body(WebhookType::Test, at, &data)
}

fn body(kind: WebhookType, at: DateTime<Utc>, data: &Value) -> String {
    json!({"type": kind, "timestamp": time_format::text(at), "data": data}).to_string()
}
