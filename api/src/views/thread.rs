//! The messages and the history of a ticket, as each viewer sees them.

use super::people::{People, Sender, sender, sender_in_role};
use crate::respond::Time;
use domain::{
    attachments::Attachment,
    ids::{EventId, MessageId, TicketId},
    tickets::{EventActor, Message, SenderType, TicketEvent, TicketEventKind, access::Viewer},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// `message`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Message")]
pub struct MessageView<'a> {
    id: MessageId,
    ticket_id: TicketId,
    sender: Option<Sender<'a>>,
    sender_type: SenderType,
    message: &'a str,
    attachments: &'a [Attachment],
    is_internal: bool,
    created_at: Time,
    redacted: Option<Redacted<'a>>,
}

/// The redaction of a message: its actor and its instant.
#[derive(Debug, Serialize, JsonSchema)]
struct Redacted<'a> {
    at: Time,
    by: Option<Sender<'a>>,
}

/// A message, with the names of its sender and of the person who redacted it.
#[must_use]
pub fn message<'a>(message: &'a Message, people: &'a People) -> MessageView<'a> {
    let sender = |person| sender(person, people);
    MessageView {
        id: message.id,
        ticket_id: message.ticket_id,
        sender: message.sender_id.map(sender),
        sender_type: message.sender_type,
        message: &message.body,
        attachments: &message.attachments,
        is_internal: message.is_internal,
        created_at: Time(message.created_at),
        redacted: message.redacted_at.map(|at| Redacted {
            at: Time(at),
            by: message.redacted_by.map(sender),
        }),
    }
}

/// An entry of the history.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Event")]
pub struct EventView<'a> {
    id: EventId,
    #[serde(rename = "type")]
    kind: &'static str,
    at: Time,
    by: Option<Sender<'a>>,
    details: Map<String, Value>,
}

/// An entry of the history, as `reader` sees it. `by` is null for the system.
#[must_use]
pub fn event<'a>(event: &TicketEvent, people: &'a People, reader: Viewer) -> EventView<'a> {
    let mut details = match json!(event.kind) {
        Value::Object(details) => details,
        _ => Map::new(),
    };
    details.remove("type");
    // The reason of an assignment shows the load of agents; that of a redaction may quote the message.
    let is_for_staff = matches!(
        event.kind,
        TicketEventKind::Assigned { .. } | TicketEventKind::MessageRedacted { .. }
    );
    if reader == Viewer::Requester && is_for_staff {
        details.remove("reason");
    }
    EventView {
        id: event.id,
        kind: event.kind.name(),
        at: Time(event.at),
        by: match event.by {
            EventActor::Person(person, role) => Some(sender_in_role(person, role, people)),
            EventActor::System => None,
        },
        details,
    }
}
