//! A change of a ticket's texts and labels (a merge patch). Pure.

use crate::{
    people::{Department, Patch, fields},
    reader::ObjectReader,
    tickets::{
        Category,
        input::{BODY, MEANINGS, RELATED, SUBJECT, tags},
    },
};

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
    /// Reads a change; its errors are noted in the reader.
    pub fn read(reader: &mut ObjectReader) -> Self {
        reader.named(
            "TicketUpdate",
            "A change of a ticket: absent fields stay as they are.",
        );
        reader.mean(MEANINGS);
        let subject = reader.sent("subject");
        let description = reader.sent("description");
        let category = reader.sent("category");
        let department = reader.sent("department");
        let language = reader.sent("language");
        let tags = reader.texts("tags");
        reader.checks_last();
        let related_booking = related(reader, "relatedBooking");
        let related_transaction = related(reader, "relatedTransaction");
        let related_conversation = related(reader, "relatedConversation");
        let errors = reader.errors();
        Self {
            subject: errors.optional_text(&subject.name, subject.text(), 1, SUBJECT),
            description: errors.optional_text(&description.name, description.text(), 1, BODY),
            category: errors.word(&category.name, category.text()),
            department: errors.word(&department.name, department.text()),
            language: fields::language(errors, &language.name, language.text()),
            tags: tags.map(|sent| self::tags(&sent, errors)),
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

/// A reference, which `null` clears.
fn related(reader: &mut ObjectReader, field: &str) -> Patch<String> {
    if reader.clears(field) {
        return Patch::Cleared;
    }
    let text = reader.optional(field, 1..=RELATED);
    text.map_or(Patch::Stays, Patch::To)
}
