//! A ticket: its fields, how a new one is read from a request, and how it is opened. A field is added in these three
//! places. Limits are those of the contract, section 3; text is kept as it was sent. Pure.

use crate::{
    actor::Actor,
    attachments::{Attachment, NewAttachment},
    field_error::{Entries, FieldErrors},
    ids::{TicketId, UserId},
    json::Json,
    people::Department,
    reader::{Meanings, ObjectReader},
    sla::Policy,
    tickets::{Category, Priority, Resolution, Status, TicketNumber},
};
use chrono::{DateTime, Utc};

/// Characters of a subject.
pub const SUBJECT: usize = 200;
/// Characters of a description.
pub const DESCRIPTION: usize = 20_000;
/// Characters of a reference to a booking, a transaction or a conversation.
pub const RELATED: usize = 200;
const TAGS: usize = 20;
const TAG: usize = 50;

/// A ticket: one row of `tickets`.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The number that people use.
    pub number: TicketNumber,
    /// The customer.
    pub customer_id: UserId,
    /// The assignee.
    pub assigned_to: Option<UserId>,
    /// Subject.
    pub subject: String,
    /// Description, as sent.
    pub description: String,
    /// Category.
    pub category: Category,
    /// Priority.
    pub priority: Priority,
    /// Status.
    pub status: Status,
    /// Department.
    pub department: Department,
    /// The customer's language (BCP 47).
    pub language: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Files of the description.
    pub attachments: Json<Vec<Attachment>>,
    /// A booking of the platform, opaque.
    pub related_booking: Option<String>,
    /// A transaction of the platform, opaque.
    pub related_transaction: Option<String>,
    /// A conversation of the platform, opaque.
    pub related_conversation: Option<String>,
    /// The policy in force.
    pub policy: Json<Policy>,
    /// How often it was escalated; 0 at first.
    pub escalation_level: i32,
    /// The resolution, while the ticket is resolved or closed.
    pub resolution: Option<Json<Resolution>>,
    /// The assignee at the last resolution.
    pub resolved_for: Option<UserId>,
    /// The last rating, 1 to 5 stars.
    pub rating: Option<i16>,
    /// The customer's comment with the rating.
    pub rating_feedback: Option<String>,
    /// When it was rated.
    pub rated_at: Option<DateTime<Utc>>,
    /// The assignee at the rated resolution: the rating counts for this agent.
    pub rated_for: Option<UserId>,
    /// How often the ticket had been reopened when it was rated.
    pub rated_cycle: Option<i32>,
    /// How often it was reopened.
    pub reopened_count: i32,
    /// Since when it waits for the customer.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When the customer was reminded to answer.
    pub reminded_at: Option<DateTime<Utc>>,
    /// The agent who returned it to the queue last: automation does not assign it to them again.
    pub returned_by: Option<UserId>,
    /// Version: each change increments it by one.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was assigned to the present assignee.
    pub assigned_at: Option<DateTime<Utc>>,
    /// When staff wrote the first public message, or resolved the ticket without one.
    pub first_response_at: Option<DateTime<Utc>>,
    /// When it was resolved, while it is resolved or closed.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was closed, while it is closed.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Ticket {
    /// Whether the last resolution has been rated, and not only an earlier one.
    #[must_use]
    pub fn is_rated(&self) -> bool {
        let of_last = self
            .rated_cycle
            .is_none_or(|cycle| cycle == self.reopened_count);
        self.rating.is_some() && of_last
    }
}

/// What the fields of a new ticket, and of a change of one, mean.
pub const MEANINGS: Meanings = &[
    ("subject", "The problem in a few words."),
    (
        "description",
        "The whole description of the problem, as plain text.",
    ),
    (
        "category",
        "The kind of problem. A new ticket without a category is `general`.",
    ),
    (
        "priority",
        "How urgent the problem is. A new ticket without a priority gets the usual one of its category.",
    ),
    ("department", "The department that works on the ticket."),
    (
        "language",
        "The language in which the customer is written to, such as `en` or `en-GB`.",
    ),
    (
        "relatedBooking",
        "The id of a booking of your platform that the ticket is about.",
    ),
    (
        "relatedTransaction",
        "The id of a transaction of your platform that the ticket is about.",
    ),
    (
        "relatedConversation",
        "The id of a conversation of your platform that the ticket is about.",
    ),
    (
        "attachments",
        "Files that belong to the text: links to files elsewhere, or files that you have uploaded before.",
    ),
    (
        "tags",
        "Words by which tickets are found again. Repeated tags are stored once. In a change, these replace all tags.",
    ),
    (
        "customerId",
        "The id of the requester for whom an agent or admin creates the ticket. It is required for them, and \
                    not allowed for others.",
    ),
];

/// A ticket to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// Title.
    pub subject: String,
    /// What it is about.
    pub description: String,
    /// Kind of issue.
    pub category: Category,
    /// Urgency.
    pub priority: Priority,
    /// A booking of the platform.
    pub related_booking: Option<String>,
    /// A transaction of the platform.
    pub related_transaction: Option<String>,
    /// A conversation of the platform.
    pub related_conversation: Option<String>,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Labels, each once, in the order sent.
    pub tags: Vec<String>,
    /// The customer: the creator, unless staff create it.
    pub customer: UserId,
}

impl NewTicket {
    /// A ticket with the fields that every ticket has; the others are empty, and the priority is that of the category.
    #[must_use]
    pub const fn about(
        subject: String,
        description: String,
        category: Category,
        customer: UserId,
    ) -> Self {
        Self {
            subject,
            description,
            category,
            priority: category.default_priority(),
            related_booking: None,
            related_transaction: None,
            related_conversation: None,
            attachments: Vec::new(),
            tags: Vec::new(),
            customer,
        }
    }

    /// Reads a ticket that `by` creates; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader, by: &Actor) -> Option<Self> {
        reader.named("TicketCreate", "A ticket to be created.");
        reader.mean(MEANINGS);
        reader.checks_last();
        let subject = reader.required("subject", 1..=SUBJECT);
        let description = reader.required("description", 1..=DESCRIPTION);
        let category = reader.word("category").unwrap_or(Category::General);
        let priority = reader.word("priority");
        let related_booking = reader.optional("relatedBooking", 1..=RELATED);
        let related_transaction = reader.optional("relatedTransaction", 1..=RELATED);
        let related_conversation = reader.optional("relatedConversation", 1..=RELATED);
        let attachments = NewAttachment::read_list(reader);
        let tags = reader.texts("tags").unwrap_or_default();
        let tags = self::tags(&tags, reader.errors());
        let customer = customer(reader, by);
        Some(Self {
            subject: subject?,
            description: description?,
            category,
            priority: priority.unwrap_or(category.default_priority()),
            related_booking,
            related_transaction,
            related_conversation,
            attachments,
            tags,
            customer: customer?,
        })
    }
}

/// The customer of the ticket: a requester's own; staff name a customer.
fn customer(reader: &mut ObjectReader, by: &Actor) -> Option<UserId> {
    let field = "customerId";
    let named = reader.text(field);
    let errors = reader.errors();
    let id: Option<UserId> = errors.id(field, named.as_deref());
    match (by.role.is_staff(), named) {
        (true, Some(_)) => id,
        (true, None) => {
            errors.add(field, "required", "is required when staff create a ticket");
            None
        }
        (false, None) => Some(by.id),
        (false, Some(_)) => {
            if id.is_some_and(|id| id != by.id) {
                errors.add(field, "not_allowed", "is for staff alone: leave it out");
            }
            id
        }
    }
}

/// The parts of a new ticket that are not input.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// The customer's language (BCP 47).
    pub language: String,
    /// Its files, as stored.
    pub attachments: Vec<Attachment>,
    /// Its policy.
    pub policy: Policy,
    /// When it is created.
    pub at: DateTime<Utc>,
}

impl Ticket {
    /// A new ticket: open, unassigned, at version 1.
    #[must_use]
    pub fn opened(new: NewTicket, opening: Opening) -> Self {
        Self {
            id: opening.id,
            number: opening.number,
            customer_id: new.customer,
            assigned_to: None,
            subject: new.subject,
            description: new.description,
            category: new.category,
            priority: new.priority,
            status: Status::Open,
            department: new.category.department(),
            language: opening.language,
            tags: new.tags,
            attachments: Json(opening.attachments),
            related_booking: new.related_booking,
            related_transaction: new.related_transaction,
            related_conversation: new.related_conversation,
            policy: Json(opening.policy),
            escalation_level: 0,
            resolution: None,
            resolved_for: None,
            rating: None,
            rating_feedback: None,
            rated_at: None,
            rated_for: None,
            rated_cycle: None,
            reopened_count: 0,
            waiting_since: None,
            reminded_at: None,
            returned_by: None,
            version: 1,
            created_at: opening.at,
            updated_at: opening.at,
            assigned_at: None,
            first_response_at: None,
            resolved_at: None,
            closed_at: None,
        }
    }
}

/// Checks labels: at most 20, of 1 to 50 characters. Each is kept once, in the order sent.
pub fn tags(sent: &Entries<String>, errors: &mut FieldErrors) -> Vec<String> {
    errors.entries("tags", sent.len(), TAGS);
    let mut tags: Vec<String> = Vec::new();
    for (at, tag) in sent.iter().enumerate() {
        match errors.optional_text(&format!("tags[{at}]"), tag.as_deref(), 1, TAG) {
            // Each is compared with those before it: of far too many that would take seconds.
            Some(tag) if tags.len() < TAGS && !tags.contains(&tag) => tags.push(tag),
            Some(_) | None => {}
        }
    }
    tags
}
