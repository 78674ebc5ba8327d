//! A change of a ticket's texts and labels, as people send it (a merge patch). Pure.

use crate::{
    field_error::{Entries, FieldErrors},
    people::{Department, Patch, fields},
    tickets::{
        Category,
        input::{BODY, RELATED, SUBJECT, tags},
    },
};

/// A change as it was sent, every field of the right kind or absent.
#[derive(Debug, Default, Clone)]
pub struct RawEdit {
    /// Title.
    pub subject: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// A word.
    pub category: Option<String>,
    /// A word.
    pub department: Option<String>,
    /// A language of BCP 47.
    pub language: Option<String>,
    /// All labels.
    pub tags: Option<Entries<String>>,
    /// Opaque.
    pub related_booking: Patch<String>,
    /// Opaque.
    pub related_transaction: Patch<String>,
    /// Opaque.
    pub related_conversation: Patch<String>,
}

/// A change of a ticket. What is absent stays as it is.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct TicketEdit {
    /// Title.
    pub subject: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Kind of issue. Priority and department stay what they are.
    pub category: Option<Category>,
    /// The desk.
    pub department: Option<Department>,
    /// The customer's language.
    pub language: Option<String>,
    /// All labels, each once, in the order sent.
    pub tags: Option<Vec<String>>,
    /// A booking of the platform.
    pub related_booking: Patch<String>,
    /// A transaction of the platform.
    pub related_transaction: Patch<String>,
    /// A conversation of the platform.
    pub related_conversation: Patch<String>,
}

impl TicketEdit {
    /// Reads a change; what is wrong with it is added to the faults.
    pub fn parse(raw: RawEdit, faults: &mut FieldErrors) -> Self {
        let mut related = |field: &str, change: Patch<String>| {
            change.read(|text: Option<String>| {
                faults.optional_text(field, text.as_deref(), 1, RELATED)
            })
        };
        let related_booking = related("relatedBooking", raw.related_booking);
        let related_transaction = related("relatedTransaction", raw.related_transaction);
        let related_conversation = related("relatedConversation", raw.related_conversation);
        Self {
            subject: faults.optional_text("subject", raw.subject.as_deref(), 1, SUBJECT),
            description: faults.optional_text("description", raw.description.as_deref(), 1, BODY),
            category: faults.word("category", raw.category.as_deref()),
            department: faults.word("department", raw.department.as_deref()),
            language: fields::language(faults, "language", raw.language.as_deref()),
            tags: raw.tags.map(|sent| tags(&sent, faults)),
            related_booking,
            related_transaction,
            related_conversation,
        }
    }

    /// The fields sent that are for staff alone, by their names in the API.
    #[must_use]
    pub fn fields_for_staff(&self) -> Vec<&'static str> {
        [
            ("description", self.description.is_some()),
            ("category", self.category.is_some()),
            ("department", self.department.is_some()),
            ("language", self.language.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, sent)| sent.then_some(field))
        .collect()
    }
}
