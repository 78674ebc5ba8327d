//! The input about tickets, parsed once into types that cannot be wrong. Pure.
//!
//! Limits are those of the contract, section 3. Text is kept as it was sent.

use crate::{
    actor::Actor,
    attachments::NewAttachment,
    field_error::{Constraint, Entries, FieldErrors},
    ids::UserId,
    reader::{Meanings, ObjectReader},
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
/// Characters of a reference to a booking, a transaction or a conversation.
pub const RELATED: usize = 200;
/// The error text of `duplicateOf`: the same for text that is no key and for a key of no ticket.
pub const ANOTHER_TICKET: &str = "must be the id or number of another ticket that you can see";

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
    /// Reads a ticket that `by` creates; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader, by: &Actor) -> Option<Self> {
        reader.named("TicketCreate", "A ticket to be created.");
        reader.mean(MEANINGS);
        reader.checks_last();
        let subject = reader.required("subject", 1..=SUBJECT);
        let description = reader.required("description", 1..=BODY);
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

/// A message to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Text; may be empty where there are files.
    pub body: String,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Internal notes are for staff.
    pub visibility: Visibility,
}

impl NewMessage {
    /// The visibility that a message asks for. The message itself stays to be read, so that whether the
    /// sender may write it is known before its errors.
    #[must_use]
    pub fn visibility(reader: &ObjectReader) -> Visibility {
        if reader.is_true("isInternal") {
            Visibility::Internal
        } else {
            Visibility::Public
        }
    }

    /// Reads a message; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named(
            "MessageCreate",
            "A message or an internal note to be added to a ticket.",
        );
        reader.mean(&[
            ("message", "The text of the message. It may be empty or absent if there is an attachment."),
            ("attachments", "Files that belong to the message: links to files elsewhere, or files that you have uploaded \
            before."),
            ("isInternal", "Whether the message is an internal note, which only agents and admins can read. Notes are for \
            agents and admins. The default is false."),
        ]);
        reader.checks_last();
        let visibility = Self::visibility(reader);
        let body = Self::body(reader);
        let attachments = NewAttachment::read_list(reader);
        reader.flag("isInternal");
        Some(Self {
            body: body?,
            attachments,
            visibility,
        })
    }

    /// The text. It may be absent where there are attachments, also where these have errors.
    fn body(reader: &mut ObjectReader) -> Option<String> {
        let field = "message";
        if !reader.has_entries("attachments") {
            return reader.required(field, 1..=BODY);
        }
        let text = reader.text(field).unwrap_or_default();
        let errors = reader.errors();
        errors.text(field, &text, 0, BODY)
    }
}

/// The resolution that staff close a ticket with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Shown to the customer.
    pub summary: String,
    /// The kind of resolution.
    pub resolution_type: ResolutionType,
    /// For staff.
    pub resolution_notes: Option<String>,
    /// The ticket that this one repeats.
    pub duplicate_of: Option<TicketKey>,
}

impl Closing {
    /// Reads a closing by staff; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.checks_last();
        reader.need("summary");
        reader.need("resolutionType");
        Self::read_optional(reader)
    }

    /// As [`Closing::read`], with no field required: for the description of a body whose required fields
    /// depend on the caller's role.
    pub fn read_optional(reader: &mut ObjectReader) -> Option<Self> {
        reader.named(
            "TicketClose",
            "How a ticket ended. Agents and admins send `summary` and `resolutionType`, which are required for them. \
             Requesters may send a `reason`, and nothing else.",
        );
        reader.mean(&[
            ("summary", "What the solution was, for the customer."),
            ("resolutionType", "The kind of resolution."),
            ("resolutionNotes", "What colleagues should know about the resolution. Customers cannot read it."),
            ("duplicateOf", "The id or the number of the ticket that this ticket repeats. It is allowed only with the \
            type `duplicate`."),
            ("reason", "Why the requester no longer needs help."),
        ]);
        reader.checks_last();
        let summary = reader.optional("summary", 1..=NOTES);
        let resolution_type = reader.word("resolutionType");
        let resolution_notes = reader.optional("resolutionNotes", 1..=NOTES);
        let duplicate_of = original(reader, resolution_type);
        Some(Self {
            summary: summary?,
            resolution_type: resolution_type?,
            resolution_notes,
            duplicate_of,
        })
    }
}

/// The ticket that this one repeats. Only a duplicate names one.
fn original(
    reader: &mut ObjectReader,
    resolution_type: Option<ResolutionType>,
) -> Option<TicketKey> {
    let field = "duplicateOf";
    let named = reader.text(field);
    let errors = reader.errors();
    errors.ask(field, Constraint::pattern(TICKET_KEY));
    let named = named?;
    if resolution_type.is_some_and(|kind| kind != ResolutionType::Duplicate) {
        let message = "goes with the resolutionType duplicate alone";
        errors.add(field, "not_a_duplicate", message);
        return None;
    }
    let key = TicketKey::parse(&named);
    if key.is_none() {
        errors.add(field, "unknown_ticket", ANOTHER_TICKET);
    }
    key
}

/// A customer's rating of a resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRating {
    /// 1 to 5.
    pub rating: i16,
    /// Free text.
    pub feedback: Option<String>,
}

impl NewRating {
    /// Reads a rating; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named("TicketRate", "A rating of the resolution of a ticket.");
        reader.mean(&[
            (
                "rating",
                "The number of stars, from 1 (very bad) to 5 (very good).",
            ),
            (
                "feedback",
                "What was good or bad, in the words of the requester.",
            ),
        ]);
        let (rating, feedback) = (reader.integer("rating"), reader.text("feedback"));
        Self::parse(rating, feedback.as_deref(), reader.errors())
    }

    /// As [`NewRating::read`], for a form, which has text only.
    pub fn parse(
        rating: Option<i64>,
        feedback: Option<&str>,
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        if rating.is_none() {
            errors.required("rating");
        }
        let stars = errors.integer("rating", rating, 1..=5);
        let stars = stars.and_then(|stars| i16::try_from(stars).ok());
        let feedback = errors.optional_text("feedback", feedback, 0, NOTES);
        stars.map(|rating| Self { rating, feedback })
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

#[cfg(test)]
mod tests;
