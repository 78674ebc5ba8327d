//! Changes of texts and labels. Each is an event with the old and the new value. Pure.

use crate::tickets::TicketChange;
use crate::{
    people::{Patch, Role},
    tickets::{Related, TicketEdit, TicketEventKind, TicketRefusal},
};
use chrono::{DateTime, Utc};

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
        let mut happened = vec![
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
            happened.push(
                changed(value, to).map(|(from, to)| TicketEventKind::RelatedChanged {
                    reference,
                    from,
                    to,
                }),
            );
        }
        for kind in happened.into_iter().flatten() {
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
