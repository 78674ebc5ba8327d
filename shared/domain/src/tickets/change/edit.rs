//! A change of a ticket's texts and labels (a merge patch): how it is read, and how it is applied. Each changed field is
//! an event with the old and the new value. Pure.

use crate::tickets::TicketChange;
use crate::{
    people::{Department, Patch, Role, fields},
    reader::ObjectReader,
    tickets::{
        Category, Related, TicketEventKind, TicketRefusal,
        ticket::{self, DESCRIPTION, MEANINGS, RELATED, SUBJECT},
    },
};
use chrono::{DateTime, Utc};

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
            description: errors.optional_text(
                &description.name,
                description.text(),
                1,
                DESCRIPTION,
            ),
            category: errors.word(&category.name, category.text()),
            department: errors.word(&department.name, department.text()),
            language: fields::language(errors, &language.name, language.text()),
            tags: tags.map(|sent| ticket::tags(&sent, errors)),
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

impl TicketChange {
    /// Changes the fields that `edit` has; a present value again changes nothing. The clocks run on: only a
    /// new priority or a reopening gives new targets, a new category does not.
    ///
    /// # Errors
    /// A requester changes a ticket that staff have answered, or that is resolved or closed.
    pub fn edit(
        &mut self,
        edit: TicketEdit,
        by: Role,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let is_answered =
            self.ticket.first_response_at.is_some() || !self.ticket.status.is_active();
        if is_answered && !by.is_staff() {
            return Err(TicketRefusal::Answered);
        }
        let ticket = &mut self.ticket;
        let mut events = vec![
            changed(&mut ticket.subject, edit.subject)
                .map(|(from, to)| TicketEventKind::SubjectChanged { from, to }),
            changed(&mut ticket.description, edit.description)
                .map(|(from, to)| TicketEventKind::DescriptionChanged { from, to }),
            changed(&mut ticket.category, edit.category)
                .map(|(from, to)| TicketEventKind::CategoryChanged { from, to }),
            changed(&mut ticket.department, edit.department)
                .map(|(from, to)| TicketEventKind::DepartmentChanged { from, to }),
            changed(&mut ticket.language, edit.language)
                .map(|(from, to)| TicketEventKind::LanguageChanged { from, to }),
            changed(&mut ticket.tags, edit.tags)
                .map(|(from, to)| TicketEventKind::TagsChanged { from, to }),
        ];
        for (reference, value, change) in [
            (
                Related::Booking,
                &mut ticket.related_booking,
                edit.related_booking,
            ),
            (
                Related::Transaction,
                &mut ticket.related_transaction,
                edit.related_transaction,
            ),
            (
                Related::Conversation,
                &mut ticket.related_conversation,
                edit.related_conversation,
            ),
        ] {
            let to = match change {
                Patch::Stays => None,
                Patch::Cleared => Some(None),
                Patch::To(text) => Some(Some(text)),
            };
            events.push(
                changed(value, to).map(|(from, to)| TicketEventKind::RelatedChanged {
                    reference,
                    from,
                    to,
                }),
            );
        }
        for kind in events.into_iter().flatten() {
            self.record(now, kind);
        }
        Ok(())
    }
}

/// Changes a value. Returns the old and the new one; `None` if they are equal.
fn changed<T: PartialEq + Clone>(value: &mut T, to: Option<T>) -> Option<(T, T)> {
    let to = to.filter(|to| *to != *value)?;
    let from = std::mem::replace(value, to.clone());
    Some((from, to))
}
