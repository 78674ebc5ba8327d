//! A ticket as each viewer sees it: requesters see less of it than staff do.

use super::{
    html,
    people::{Name, People, name},
    thread::MessageView,
};
use crate::respond::Time;
use actions::tickets::{list::Suggestion, read::Shown};
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
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

/// A ticket that somebody who types may mean.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketSuggestion<'a> {
    /// The number of the ticket. It can be used in paths in the place of the id.
    ticket_number: &'a TicketNumber,
    /// The problem in a few words.
    subject: &'a str,
    /// The place of the ticket in its life.
    status: Status,
}

impl<'a> From<&'a Suggestion> for TicketSuggestion<'a> {
    fn from(suggestion: &'a Suggestion) -> Self {
        Self {
            ticket_number: &suggestion.number,
            subject: &suggestion.subject,
            status: suggestion.status,
        }
    }
}

/// A request for support.
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket<'a> {
    /// The id of the ticket.
    id: TicketId,
    /// The number of the ticket, for people. It can be used in paths in the place of the id.
    ticket_number: &'a TicketNumber,
    /// The requester whose ticket it is.
    customer: Customer<'a>,
    /// The agent who has the ticket. It is null for an unassigned ticket.
    assigned_to: Option<Name<'a>>,
    /// The problem in a few words.
    subject: &'a str,
    /// The whole description of the problem, as plain text.
    description: &'a str,
    /// The kind of problem.
    category: Category,
    /// How urgent the problem is.
    priority: Priority,
    /// The place of the ticket in its life.
    status: Status,
    /// The department that works on the ticket.
    department: Department,
    /// The language in which the customer is written to, such as `en`.
    language: &'a str,
    /// Words by which the ticket is found again.
    tags: &'a [String],
    /// The files that came with the description.
    attachments: &'a [Attachment],
    /// The id of the booking that the ticket is about. It may be null.
    related_booking: Option<&'a str>,
    /// The id of the transaction that the ticket is about. It may be null.
    related_transaction: Option<&'a str>,
    /// The id of the conversation that the ticket is about. It may be null.
    related_conversation: Option<&'a str>,
    /// The SLA policy of the ticket, and the state of its clocks. It may be null.
    sla: Option<SlaView>,
    /// How far the ticket was escalated.
    escalation: Escalation<'a>,
    /// How the ticket was resolved. It is null if it was not resolved yet.
    resolution: Option<ResolutionView<'a>>,
    /// What the customer thinks of the resolution. It is null without a rating.
    rating: Option<RatingView<'a>>,
    /// The number of the last change, which is also in the header `ETag`. Send it in `If-Match` to change the ticket
    /// only if nobody else has changed it.
    #[schemars(range(min = 1))]
    version: i64,
    /// When the ticket was created.
    created_at: Time,
    /// When the ticket was last changed.
    updated_at: Time,
    /// When the ticket was assigned to the present agent. It may be null.
    assigned_at: Option<Time>,
    /// When an agent or admin first answered publicly. It may be null.
    first_response_at: Option<Time>,
    /// When the ticket was resolved. It is null for an active ticket.
    resolved_at: Option<Time>,
    /// When the ticket was closed. It is null for a ticket that is not closed.
    closed_at: Option<Time>,
    /// How often the ticket was reopened.
    #[schemars(range(min = 0))]
    reopened_count: i32,
}

/// The requester of a ticket.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TicketCustomer")]
struct Customer<'a> {
    #[serde(flatten)]
    name: Name<'a>,
    /// The e-mail address to which mails about the ticket go. It may be null.
    email: Option<&'a str>,
}

/// How far a ticket was escalated.
#[derive(Debug, Serialize, JsonSchema)]
struct Escalation<'a> {
    /// The number of escalations since the ticket was created. It is 0 for a ticket that was never escalated.
    #[schemars(range(min = 0))]
    level: i32,
    /// Each escalation, the oldest first. For requesters the list is empty.
    history: Vec<EscalationStep<'a>>,
}

/// One escalation of a ticket.
#[derive(Debug, Serialize, JsonSchema)]
struct EscalationStep<'a> {
    /// The level that the ticket was escalated to, from 1.
    #[schemars(range(min = 1))]
    level: i32,
    /// The id of the agent who had the ticket before. It is null if the ticket was unassigned.
    from: Option<UserId>,
    /// The id of the agent or admin who got the ticket. It is null if nobody was free.
    to: Option<UserId>,
    /// Why the ticket was escalated.
    reason: &'a str,
    /// Whether a rule escalated the ticket, and not a person.
    automatic: bool,
    /// When the ticket was escalated.
    at: Time,
}

/// How a ticket was resolved.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Resolution")]
struct ResolutionView<'a> {
    /// What the solution was, for the customer. It may be null.
    summary: Option<&'a str>,
    /// The kind of resolution. It is null if the ticket was resolved by a change of its status.
    resolution_type: Option<ResolutionType>,
    /// What colleagues should know about the resolution. The field is absent for requesters.
    #[serde(skip_serializing_if = "StaffOnly::is_hidden")]
    #[schemars(with = "Option<String>")]
    resolution_notes: StaffOnly<Option<&'a str>>,
    /// The id of the ticket that this ticket repeats. It may be null.
    duplicate_of: Option<TicketId>,
    /// The id of the person who resolved the ticket. It is null for the system.
    resolved_by: Option<UserId>,
    /// When the ticket was resolved.
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

/// What a customer thinks of a resolution.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Rating")]
struct RatingView<'a> {
    /// The number of stars, from 1 (very bad) to 5 (very good).
    #[schemars(range(min = 1, max = 5))]
    rating: i16,
    /// What was good or bad, in the words of the customer. It may be null.
    feedback: Option<&'a str>,
    /// When the customer rated the resolution.
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
#[derive(Debug, Serialize)]
pub struct ListedTicket<'a> {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket<'a>,
    /// What the search found in it.
    #[serde(flatten)]
    pub found: SearchMatches,
}

/// What a search found in a ticket.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SearchMatches {
    /// The places in which the words of the search were found. The field is absent without a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<Highlight>")]
    pub highlight: Option<Vec<Highlight>>,
}

impl JsonSchema for ListedTicket<'_> {
    fn schema_name() -> Cow<'static, str> {
        "TicketListEntry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        both::<Ticket<'_>, SearchMatches>("A ticket of a list.", generator)
    }
}

/// The schema of an object with the fields of two types.
fn both<A: JsonSchema, B: JsonSchema>(about: &str, generator: &mut SchemaGenerator) -> Schema {
    let parts = [
        generator.subschema_for::<A>(),
        generator.subschema_for::<B>(),
    ];
    json_schema!({"description": about, "allOf": parts})
}

/// A place in a ticket where words of the search were found.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Highlight {
    /// The part of the ticket in which the words were found.
    field: Field,
    /// The id of the message in which the words were found. The field is absent for other parts of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "MessageId")]
    message_id: Option<MessageId>,
    /// The text around the place as HTML: it is escaped, and the words that were found are in `<mark>`.
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

/// A ticket with its first messages.
#[derive(Debug, Serialize)]
pub struct TicketWithMessages<'a> {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket<'a>,
    /// Its first messages.
    #[serde(flatten)]
    pub thread: FirstMessages<'a>,
}

/// The first messages of a ticket.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FirstMessages<'a> {
    /// The first 100 messages of the ticket, the oldest first.
    pub messages: Vec<MessageView<'a>>,
}

impl JsonSchema for TicketWithMessages<'_> {
    fn schema_name() -> Cow<'static, str> {
        "TicketWithMessages".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let about = "A ticket with its first messages.";
        both::<Ticket<'_>, FirstMessages<'_>>(about, generator)
    }
}
