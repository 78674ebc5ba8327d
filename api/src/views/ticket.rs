//! A ticket as each viewer sees it: requesters see less of it than staff do.

use super::{
    html,
    people::{Name, People, name},
    thread::MessageView,
};
use crate::respond::Time;
use actions::tickets::read::Shown;
use chrono::{DateTime, Utc};
use domain::{
    attachments::Attachment,
    ids::{MessageId, TicketId, UserId},
    people::Department,
    sla::SlaView,
    tickets::{
        Category, Priority, Resolution, ResolutionType, Status, TicketEventKind, TicketNumber,
        access::Viewer,
        search::{Field, Piece},
    },
};
use schemars::JsonSchema;
use serde::Serialize;

/// `ticket`.
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket<'a> {
    id: TicketId,
    ticket_number: &'a TicketNumber,
    customer: Customer<'a>,
    assigned_to: Option<Name<'a>>,
    subject: &'a str,
    description: &'a str,
    category: Category,
    priority: Priority,
    status: Status,
    department: Department,
    language: &'a str,
    tags: &'a [String],
    attachments: &'a [Attachment],
    related_booking: Option<&'a str>,
    related_transaction: Option<&'a str>,
    related_conversation: Option<&'a str>,
    sla: Option<SlaView>,
    escalation: Escalation<'a>,
    resolution: Option<ResolutionView<'a>>,
    rating: Option<RatingView<'a>>,
    version: i64,
    created_at: Time,
    updated_at: Time,
    assigned_at: Option<Time>,
    first_response_at: Option<Time>,
    resolved_at: Option<Time>,
    closed_at: Option<Time>,
    reopened_count: i32,
}

/// The customer, with the address to which mails about the ticket go.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Customer<'a> {
    #[serde(flatten)]
    name: Name<'a>,
    email: Option<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Escalation<'a> {
    level: i32,
    history: Vec<EscalationStep<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EscalationStep<'a> {
    level: i32,
    from: Option<UserId>,
    to: Option<UserId>,
    reason: &'a str,
    automatic: bool,
    at: Time,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Resolution")]
struct ResolutionView<'a> {
    summary: Option<&'a str>,
    resolution_type: Option<ResolutionType>,
    #[serde(skip_serializing_if = "StaffOnly::is_hidden")]
    #[schemars(with = "Option<String>")]
    resolution_notes: StaffOnly<Option<&'a str>>,
    duplicate_of: Option<TicketId>,
    resolved_by: Option<UserId>,
    resolved_at: Time,
}

/// A field that only staff see. For others it is absent, not null.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum StaffOnly<T> {
    Shown(T),
    Hidden,
}

impl<T> StaffOnly<T> {
    fn is_hidden(&self) -> bool {
        matches!(self, Self::Hidden)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Rating")]
struct RatingView<'a> {
    rating: i16,
    feedback: Option<&'a str>,
    rated_at: Option<Time>,
}

/// A ticket as `reader` sees it at `now`.
#[must_use]
pub fn ticket<'a>(
    shown: &'a Shown,
    people: &'a People,
    reader: Viewer,
    now: DateTime<Utc>,
) -> Ticket<'a> {
    let ticket = &shown.ticket;
    Ticket {
        id: ticket.id,
        ticket_number: &ticket.number,
        customer: Customer {
            name: name(ticket.customer_id, people),
            email: people
                .get(&ticket.customer_id)
                .map(|named| named.email.as_str()),
        },
        assigned_to: ticket.assigned_to.map(|agent| name(agent, people)),
        subject: &ticket.subject,
        description: &ticket.description,
        category: ticket.category,
        priority: ticket.priority,
        status: ticket.status,
        department: ticket.department,
        language: &ticket.language,
        tags: &ticket.tags,
        attachments: &ticket.attachments,
        related_booking: ticket.related_booking.as_deref(),
        related_transaction: ticket.related_transaction.as_deref(),
        related_conversation: ticket.related_conversation.as_deref(),
        sla: SlaView::of(&ticket.policy, &shown.clocks, now),
        escalation: escalation(shown, reader),
        resolution: ticket
            .resolution
            .as_ref()
            .map(|resolution| self::resolution(resolution, reader)),
        rating: ticket.rating.map(|rating| RatingView {
            rating,
            feedback: ticket.rating_feedback.as_deref(),
            rated_at: ticket.rated_at.map(Time),
        }),
        version: ticket.version,
        created_at: Time(ticket.created_at),
        updated_at: Time(ticket.updated_at),
        assigned_at: ticket.assigned_at.map(Time),
        first_response_at: ticket.first_response_at.map(Time),
        resolved_at: ticket.resolved_at.map(Time),
        closed_at: ticket.closed_at.map(Time),
        reopened_count: ticket.reopened_count,
    }
}

/// Requesters see the level of the escalation, but neither its people nor its reason.
fn escalation(shown: &Shown, reader: Viewer) -> Escalation<'_> {
    let steps = shown.escalations.iter().filter(|_| reader == Viewer::Staff);
    let steps = steps.filter_map(|event| match &event.kind {
        TicketEventKind::Escalated {
            level,
            from,
            to,
            reason,
            automatic,
        } => Some(EscalationStep {
            level: *level,
            from: *from,
            to: *to,
            reason,
            automatic: *automatic,
            at: Time(event.at),
        }),
        _ => None,
    });
    Escalation {
        level: shown.ticket.escalation_level,
        history: steps.collect(),
    }
}

fn resolution(resolution: &Resolution, reader: Viewer) -> ResolutionView<'_> {
    ResolutionView {
        summary: resolution.summary.as_deref(),
        resolution_type: resolution.resolution_type,
        resolution_notes: match reader {
            Viewer::Staff => StaffOnly::Shown(resolution.resolution_notes.as_deref()),
            Viewer::Requester => StaffOnly::Hidden,
        },
        // A requester must not learn of another customer's ticket.
        duplicate_of: resolution.duplicate_of.filter(|_| match reader {
            Viewer::Staff => true,
            Viewer::Requester => resolution.duplicate_is_theirs,
        }),
        resolved_by: resolution.resolved_by,
        resolved_at: Time(resolution.resolved_at),
    }
}

/// A ticket of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedTicket<'a> {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket<'a>,
    /// Where the words of the search (`q`) were found; absent without a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlight: Option<Vec<Highlight>>,
}

/// A place in a ticket where words of the search were found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Highlight {
    field: Field,
    /// The message, if the place is in a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<MessageId>,
    /// The text around the place, as HTML: escaped, with the words that were found in `<mark>`.
    snippet: String,
}

/// The places in a ticket where words of the search were found.
#[must_use]
pub fn highlight(found: &[domain::tickets::search::Highlight]) -> Vec<Highlight> {
    let places = found.iter().map(|place| Highlight {
        field: place.field,
        message_id: place.message,
        snippet: place.pieces.iter().map(marked).collect(),
    });
    places.collect()
}

fn marked(piece: &Piece) -> String {
    match piece {
        Piece::Found(text) => format!("<mark>{}</mark>", html::escaped(text)),
        Piece::Around(text) => html::escaped(text),
    }
}

/// A ticket with the beginning of its thread.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TicketWithMessages<'a> {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket<'a>,
    /// The first messages of the thread.
    pub messages: Vec<MessageView<'a>>,
}
