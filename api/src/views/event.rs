//! The events of the feed, as each viewer sees them. Polls, streams and sockets tell the same.

use super::{
    history::{self, EventView},
    people::{Sender, sender},
    person::AvailabilityView,
    thread::{self, MessageView},
    ticket::{self, Ticket},
};
use crate::respond::Time;
use actions::{following::Details, tickets::read::Shown};
use chrono::{DateTime, Utc};
use domain::{
    feed::{FeedChange, FeedEntry},
    ids::{EventId, NotificationId, TicketId},
    live_event::LiveEvent,
    tickets::access::Viewer,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// An event, whatever it is about.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum LiveEventView<'a> {
    /// Of a ticket that the viewer sees.
    Ticket(Box<TicketEventView<'a>>),
    /// Of a ticket that passed out of sight.
    Removed(RemovedView<'a>),
    /// Of an agent's availability.
    Availability(AvailabilityEventView<'a>),
    /// Of a notification.
    Notification(NotificationEventView<'a>),
    /// Of notifications that were read.
    Read(ReadEventView<'a>),
}

/// A change of a ticket.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketEventView<'a> {
    /// The id of the event. It is the same each time that the event is sent.
    id: EventId,
    /// The kind of the event.
    #[serde(rename = "type")]
    kind: LiveEvent,
    /// When the change was made.
    at: Time,
    /// The id of the ticket.
    ticket_id: TicketId,
    /// The version of the ticket after the change. `ticket` may have a later one already.
    #[schemars(range(min = 1))]
    version: i64,
    /// The change, as in the history of the ticket. It is null where the caller may not know what changed the ticket.
    entry: Option<EventView<'a>>,
    /// The ticket as it is now.
    ticket: Ticket<'a>,
    /// The message or note that was added or redacted, as it is now. It is null for other changes.
    message: Option<MessageView<'a>>,
    /// The place of the event, to continue after it.
    position: &'a str,
}

/// A ticket that passed out of sight: it was assigned to another agent, or the note that mentioned the caller was redacted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RemovedView<'a> {
    /// The id of the event. It is the same each time that the event is sent.
    id: EventId,
    /// The kind of the event.
    #[serde(rename = "type")]
    kind: LiveEvent,
    /// When the change was made.
    at: Time,
    /// The id of the ticket.
    ticket_id: TicketId,
    /// The place of the event, to continue after it.
    position: &'a str,
}

/// A change of an agent's availability.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityEventView<'a> {
    /// The id of the event. It is the same each time that the event is sent.
    id: EventId,
    /// The kind of the event.
    #[serde(rename = "type")]
    kind: LiveEvent,
    /// When the change was made.
    at: Time,
    /// The agent.
    agent: Sender<'a>,
    /// The availability as it is now.
    availability: AvailabilityView,
    /// The place of the event, to continue after it.
    position: &'a str,
}

/// A new notification of the caller.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationEventView<'a> {
    /// The id of the event. It is the same each time that the event is sent.
    id: EventId,
    /// The kind of the event.
    #[serde(rename = "type")]
    kind: LiveEvent,
    /// When the notification was made.
    at: Time,
    /// The id of the notification.
    notification_id: NotificationId,
    /// The place of the event, to continue after it.
    position: &'a str,
}

/// The caller has read notifications, perhaps in another window. `GET /notifications` has what is unread still.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadEventView<'a> {
    /// The id of the event. It is the same each time that the event is sent.
    id: EventId,
    /// The kind of the event.
    #[serde(rename = "type")]
    kind: LiveEvent,
    /// When they were read.
    at: Time,
    /// The place of the event, to continue after it.
    position: &'a str,
}

impl LiveEventView<'_> {
    /// The name of the event.
    #[must_use]
    pub fn name(&self) -> LiveEvent {
        match self {
            Self::Ticket(event) => event.kind,
            Self::Removed(event) => event.kind,
            Self::Availability(event) => event.kind,
            Self::Notification(event) => event.kind,
            Self::Read(event) => event.kind,
        }
    }
}

/// An event, as `viewer` sees it, with its position for clients; `None` where what it is about is gone.
#[must_use]
pub fn event<'a>(
    entry: &FeedEntry,
    position: &'a str,
    details: &'a Details,
    viewer: Viewer,
    now: DateTime<Utc>,
) -> Option<LiveEventView<'a>> {
    let (id, kind, at) = (entry.id, entry.change.name(), Time(entry.at));
    Some(match &entry.change {
        FeedChange::Ticket { event, version } => {
            let shown = shown(details, event.ticket)?;
            let message = event
                .kind
                .message()
                .and_then(|id| details.messages.get(&id));
            LiveEventView::Ticket(Box::new(TicketEventView {
                id,
                kind,
                at,
                ticket_id: event.ticket,
                version: *version,
                entry: Some(history::event(event, &details.people, viewer)),
                ticket: ticket::ticket(shown, &details.showing.people, viewer, now),
                message: message.map(|message| thread::message(message, &details.people)),
                position,
            }))
        }
        FeedChange::Availability { agent } => LiveEventView::Availability(AvailabilityEventView {
            id,
            kind,
            at,
            agent: sender(*agent, &details.people),
            availability: (*details.agents.get(agent)?).into(),
            position,
        }),
        FeedChange::Notification { notification, .. } => {
            LiveEventView::Notification(NotificationEventView {
                id,
                kind,
                at,
                notification_id: *notification,
                position,
            })
        }
        FeedChange::NotificationsRead { .. } => LiveEventView::Read(ReadEventView {
            id,
            kind,
            at,
            position,
        }),
    })
}

/// The event that a ticket changed, for its requester, who may not know what changed it; `None` where the ticket is gone.
#[must_use]
pub fn changed<'a>(
    entry: &FeedEntry,
    position: &'a str,
    details: &'a Details,
    now: DateTime<Utc>,
) -> Option<LiveEventView<'a>> {
    let FeedChange::Ticket { event, version } = &entry.change else {
        return None;
    };
    let ticket = shown(details, event.ticket)?;
    let viewer = Viewer::Requester;
    Some(LiveEventView::Ticket(Box::new(TicketEventView {
        id: entry.id,
        // The name of the change itself could say what it was.
        kind: LiveEvent::TicketUpdated,
        at: Time(entry.at),
        ticket_id: event.ticket,
        version: *version,
        entry: None,
        ticket: ticket::ticket(ticket, &details.showing.people, viewer, now),
        message: None,
        position,
    })))
}

fn shown(details: &Details, ticket: TicketId) -> Option<&Shown> {
    let mut shown = details.showing.tickets.iter();
    shown.find(|one| one.ticket.id == ticket)
}

/// The event that a ticket passed out of sight.
#[must_use]
pub fn removed<'a>(entry: &FeedEntry, position: &'a str, ticket: TicketId) -> LiveEventView<'a> {
    LiveEventView::Removed(RemovedView {
        id: entry.id,
        kind: LiveEvent::TicketRemoved,
        at: Time(entry.at),
        ticket_id: ticket,
        position,
    })
}

impl JsonSchema for LiveEventView<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Event".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (mut forms, mut mapping) = (Vec::new(), Map::new());
        for kind in LiveEvent::ALL {
            let (name, schema) = match kind {
                LiveEvent::TicketCreated => (
                    "TicketCreatedEvent",
                    TicketEventView::json_schema(generator),
                ),
                LiveEvent::TicketUpdated => (
                    "TicketUpdatedEvent",
                    TicketEventView::json_schema(generator),
                ),
                LiveEvent::TicketMessage => (
                    "TicketMessageEvent",
                    TicketEventView::json_schema(generator),
                ),
                LiveEvent::TicketRemoved => {
                    ("TicketRemovedEvent", RemovedView::json_schema(generator))
                }
                LiveEvent::AgentAvailability => (
                    "AgentAvailabilityEvent",
                    AvailabilityEventView::json_schema(generator),
                ),
                LiveEvent::NotificationNew => (
                    "NotificationEvent",
                    NotificationEventView::json_schema(generator),
                ),
                LiveEvent::NotificationRead => (
                    "NotificationsReadEvent",
                    ReadEventView::json_schema(generator),
                ),
            };
            let mut schema = schema.to_value();
            if let Some(tag) = schema.pointer_mut("/properties/type") {
                *tag = json!({
                    "description": format!("The kind of the event, which is always `{kind}`."),
                    "type": "string",
                    "const": kind,
                });
            }
            generator.definitions_mut().insert(name.to_owned(), schema);
            let place = format!("#/components/schemas/{name}");
            forms.push(json!({"$ref": place}));
            mapping.insert(kind.to_string(), Value::String(place));
        }
        // Each event has its own type instead.
        generator
            .definitions_mut()
            .remove(LiveEvent::schema_name().as_ref());
        schemars::json_schema!({
            "description": "Something that happened, and that the caller may see. `type` tells what.",
            "oneOf": forms,
            "discriminator": {"propertyName": "type", "mapping": mapping},
        })
    }
}
