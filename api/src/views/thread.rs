//! What was said in a ticket and what happened to it, as readers see it.

use super::ticket::{Name, People, name};
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

/// That a message was redacted: by whom, and when.
#[derive(Debug, Serialize, JsonSchema)]
struct Redacted<'a> {
    at: Time,
    by: Option<Sender<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Sender<'a> {
    #[serde(flatten)]
    name: Name<'a>,
    role: Option<&'static str>,
}

/// A message, with the names of its people.
#[must_use]
pub fn message<'a>(message: &'a Message, people: &'a People) -> MessageView<'a> {
    let sender = |person| Sender {
        name: name(person, people),
        role: people.get(&person).map(|named| named.role.as_str()),
    };
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

/// An entry of the history, `by` null for the system.
#[must_use]
pub fn event<'a>(event: &TicketEvent, people: &'a People, reader: Viewer) -> EventView<'a> {
    let mut details = match json!(event.kind) {
        Value::Object(details) => details,
        _ => Map::new(),
    };
    details.remove("type");
    // Why an agent was chosen tells of the agent's load; why a message was redacted may tell what it said.
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
            EventActor::Person(person, role) => Some(Sender {
                name: name(person, people),
                role: Some(role.as_str()),
            }),
            EventActor::System => None,
        },
        details,
    }
}
