//! What people send about tickets, parsed once into types that cannot be wrong. Pure.
//!
//! Limits are those of the contract, section 3. Text is kept as it was sent.

use crate::{
    actor::Actor,
    attachments::{NewAttachment, RawAttachment, input},
    field_error::{Constraint, Entries, FieldErrors},
    ids::UserId,
    tickets::{Category, Priority, ResolutionType, TICKET_KEY, TicketKey, Visibility},
};

/// Characters of a subject.
pub const SUBJECT: usize = 200;
/// Characters of a description and of a message.
pub const BODY: usize = 20_000;
/// Characters of a reason, of notes, of a summary and of feedback.
pub const NOTES: usize = 5_000;
const TAGS: usize = 20;
const TAG: usize = 50;
pub const RELATED: usize = 200;
/// What `duplicateOf` has to be, in words: the same for what is no key and for what is no ticket.
pub const ANOTHER_TICKET: &str = "must be the id or number of another ticket that you can see";

/// A ticket as it was sent, every field of the right kind or absent.
#[derive(Debug, Default, Clone)]
pub struct RawTicket {
    /// Needed.
    pub subject: Option<String>,
    /// Needed.
    pub description: Option<String>,
    /// A word; `general` when absent.
    pub category: Option<String>,
    /// A word; follows the category when absent.
    pub priority: Option<String>,
    /// Opaque.
    pub related_booking: Option<String>,
    /// Opaque.
    pub related_transaction: Option<String>,
    /// Opaque.
    pub related_conversation: Option<String>,
    /// Files.
    pub attachments: Entries<RawAttachment>,
    /// Labels.
    pub tags: Entries<String>,
    /// Staff alone: for whom.
    pub customer_id: Option<String>,
}

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
    /// Whose it is to be: the creator's own, unless staff create it.
    pub customer: UserId,
}

impl NewTicket {
    /// Reads a ticket that somebody creates; `None` when something is wrong with it.
    pub fn parse(raw: &RawTicket, by: &Actor, faults: &mut FieldErrors) -> Option<Self> {
        let subject = faults.required_text("subject", raw.subject.as_deref(), 1, SUBJECT);
        let description = faults.required_text("description", raw.description.as_deref(), 1, BODY);
        let category = faults
            .word("category", raw.category.as_deref())
            .unwrap_or(Category::General);
        let priority = faults.word("priority", raw.priority.as_deref());
        let mut related = |field: &str, text: &Option<String>| {
            faults.optional_text(field, text.as_deref(), 1, RELATED)
        };
        let related_booking = related("relatedBooking", &raw.related_booking);
        let related_transaction = related("relatedTransaction", &raw.related_transaction);
        let related_conversation = related("relatedConversation", &raw.related_conversation);
        let attachments = input::parse(&raw.attachments, faults);
        let tags = tags(&raw.tags, faults);
        let customer = customer(raw.customer_id.as_deref(), by, faults);
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

/// Whose ticket it is to be: a requester's own; staff name a customer.
fn customer(named: Option<&str>, by: &Actor, faults: &mut FieldErrors) -> Option<UserId> {
    let field = "customerId";
    let id: Option<UserId> = faults.id(field, named);
    match (by.role.is_staff(), named) {
        (true, Some(_)) => id,
        (true, None) => {
            faults.add(field, "required", "is required when staff create a ticket");
            None
        }
        (false, None) => Some(by.id),
        (false, Some(_)) => {
            if id.is_some_and(|id| id != by.id) {
                faults.add(field, "not_allowed", "is for staff alone: leave it out");
            }
            id
        }
    }
}

/// A message as it was sent.
#[derive(Debug, Default, Clone)]
pub struct RawMessage {
    /// Needed where there are no files.
    pub message: Option<String>,
    /// Files.
    pub attachments: Entries<RawAttachment>,
    /// Whether it is an internal note.
    pub is_internal: Option<bool>,
}

/// A message to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its text; may be empty where there are files.
    pub body: String,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Who may read it.
    pub visibility: Visibility,
}

impl RawMessage {
    /// Who may read it.
    #[must_use]
    pub const fn visibility(&self) -> Visibility {
        match self.is_internal {
            Some(true) => Visibility::Internal,
            Some(false) | None => Visibility::Public,
        }
    }
}

impl NewMessage {
    /// Reads a message; `None` when something is wrong with it.
    pub fn parse(raw: &RawMessage, faults: &mut FieldErrors) -> Option<Self> {
        let body = Self::body(raw, faults);
        let attachments = input::parse(&raw.attachments, faults);
        body.map(|body| Self {
            body,
            attachments,
            visibility: raw.visibility(),
        })
    }

    /// The text, which files may stand in for, whatever is wrong with these.
    fn body(raw: &RawMessage, faults: &mut FieldErrors) -> Option<String> {
        let field = "message";
        let text = raw.message.as_deref();
        if raw.attachments.is_empty() {
            return faults.required_text(field, text, 1, BODY);
        }
        faults.ask(field, Constraint::Unless("attachments"));
        faults.text(field, text.unwrap_or_default(), 0, BODY)
    }
}

/// How a ticket is closed, as it was sent.
#[derive(Debug, Default, Clone)]
pub struct RawClosing {
    /// Needed.
    pub summary: Option<String>,
    /// A word, needed.
    pub resolution_type: Option<String>,
    /// For staff.
    pub resolution_notes: Option<String>,
    /// The id or the number of the other ticket, with `duplicate`.
    pub duplicate_of: Option<String>,
}

/// How a ticket is to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// For everybody.
    pub summary: String,
    /// How it ended.
    pub resolution_type: ResolutionType,
    /// For staff.
    pub resolution_notes: Option<String>,
    /// The other ticket.
    pub duplicate_of: Option<TicketKey>,
}

impl Closing {
    /// Reads a closing by staff; `None` when something is wrong with it.
    pub fn parse(raw: &RawClosing, faults: &mut FieldErrors) -> Option<Self> {
        if raw.summary.is_none() {
            faults.required("summary");
        }
        if raw.resolution_type.is_none() {
            faults.required("resolutionType");
        }
        let (summary, resolution_type, resolution_notes, duplicate_of) = fields(raw, faults);
        Some(Self {
            summary: summary?,
            resolution_type: resolution_type?,
            resolution_notes,
            duplicate_of,
        })
    }
}

type ClosingFields = (
    Option<String>,
    Option<ResolutionType>,
    Option<String>,
    Option<TicketKey>,
);

fn fields(raw: &RawClosing, faults: &mut FieldErrors) -> ClosingFields {
    let summary = faults.optional_text("summary", raw.summary.as_deref(), 1, NOTES);
    let resolution_type = faults.word("resolutionType", raw.resolution_type.as_deref());
    let notes = raw.resolution_notes.as_deref();
    let resolution_notes = faults.optional_text("resolutionNotes", notes, 1, NOTES);
    let duplicate_of = original(raw.duplicate_of.as_deref(), resolution_type, faults);
    (summary, resolution_type, resolution_notes, duplicate_of)
}

impl RawClosing {
    /// Checks the fields that are there, for the description of a body of which it depends on the
    /// caller's role what is needed.
    pub fn check(&self, faults: &mut FieldErrors) {
        fields(self, faults);
    }
}

/// The ticket that this one doubles. Only a duplicate does.
fn original(
    named: Option<&str>,
    resolution_type: Option<ResolutionType>,
    faults: &mut FieldErrors,
) -> Option<TicketKey> {
    let field = "duplicateOf";
    let duplicate = vec![ResolutionType::Duplicate.as_str()];
    faults.ask(field, Constraint::With("resolutionType", duplicate));
    faults.ask(field, Constraint::Pattern(TICKET_KEY));
    let named = named?;
    if resolution_type.is_some_and(|kind| kind != ResolutionType::Duplicate) {
        let message = "goes with the resolutionType duplicate alone";
        faults.add(field, "not_a_duplicate", message);
        return None;
    }
    let key = TicketKey::parse(named);
    if key.is_none() {
        faults.add(field, "unknown_ticket", ANOTHER_TICKET);
    }
    key
}

/// Stars with what the customer said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRating {
    /// 1 to 5.
    pub rating: i16,
    /// Free text.
    pub feedback: Option<String>,
}

impl NewRating {
    /// Reads a rating; `None` when something is wrong with it.
    pub fn parse(
        rating: Option<i64>,
        feedback: Option<&str>,
        faults: &mut FieldErrors,
    ) -> Option<Self> {
        if rating.is_none() {
            faults.required("rating");
        }
        let stars = faults.integer("rating", rating, 1..=5);
        let stars = stars.and_then(|stars| i16::try_from(stars).ok());
        let feedback = faults.optional_text("feedback", feedback, 0, NOTES);
        stars.map(|rating| Self { rating, feedback })
    }
}

pub fn tags(raw: &[Option<String>], faults: &mut FieldErrors) -> Vec<String> {
    faults.entries("tags", raw.len(), TAGS);
    let mut tags: Vec<String> = Vec::new();
    for (at, tag) in raw.iter().enumerate() {
        match faults.optional_text(&format!("tags[{at}]"), tag.as_deref(), 1, TAG) {
            // Each is compared with those before it: of far too many that would take seconds.
            Some(tag) if tags.len() < TAGS && !tags.contains(&tag) => tags.push(tag),
            Some(_) | None => {}
        }
    }
    tags
}

#[cfg(test)]
mod tests;
