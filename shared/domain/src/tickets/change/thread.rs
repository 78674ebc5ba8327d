//! The effects of messages and notes on their ticket. Pure.

use crate::tickets::{ActingAgent, TicketChange};
use crate::{
    ids::{MessageId, UserId},
    tickets::{Message, Status, TicketEventKind, TicketRefusal, Transition},
};
use chrono::{DateTime, Utc};

impl TicketChange {
    /// Whether the ticket has to be reopened before the customer's next message.
    #[must_use]
    pub fn is_reopened_by_reply(&self) -> bool {
        self.ticket.status == Status::Resolved
    }

    /// Records a message of the customer. A ticket that waited for it becomes `in_progress`, or `open`
    /// if it is unassigned.
    ///
    /// # Errors
    /// The ticket is closed, or is resolved and has to be reopened first.
    pub fn customer_wrote(
        &mut self,
        message: MessageId,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        match self.ticket.status {
            Status::Closed => return Err(TicketRefusal::Closed),
            present @ Status::Resolved => {
                let wanted = Transition::Set(Status::InProgress);
                return Err(TicketRefusal::Transition { present, wanted });
            }
            Status::WaitingCustomer if self.ticket.assigned_to.is_none() => {
                self.become_status(Status::Open, now);
            }
            Status::WaitingCustomer => self.become_status(Status::InProgress, now),
            Status::Open
            | Status::Assigned
            | Status::InProgress
            | Status::WaitingInternal
            | Status::Escalated
            | Status::Reopened => {}
        }
        self.clocks.customer_wrote(&self.ticket.policy, now);
        self.record(now, TicketEventKind::MessageAdded { message });
        Ok(())
    }

    /// Records a public message of staff. The first one is the first response. An unassigned ticket is
    /// self-assigned to its writer.
    pub fn staff_wrote(&mut self, by: ActingAgent, message: MessageId, now: DateTime<Utc>) {
        self.self_assign(by, now);
        self.ticket.first_response_at.get_or_insert(now);
        let found = self.clocks.staff_replied(&self.ticket.policy, now);
        self.record_findings(&found);
        self.record(now, TicketEventKind::MessageAdded { message });
    }

    /// Records an internal note of staff.
    pub fn noted(&mut self, note: MessageId, now: DateTime<Utc>) {
        self.record(now, TicketEventKind::NoteAdded { message: note });
    }

    /// Records that a message or a note was redacted. `mentioned` are the people whom the note mentioned.
    pub fn redact(
        &mut self,
        message: &Message,
        mentioned: Vec<UserId>,
        reason: String,
        now: DateTime<Utc>,
    ) {
        self.record(
            now,
            TicketEventKind::MessageRedacted {
                message: message.id,
                is_internal: message.is_internal,
                reason,
                mentioned,
            },
        );
    }
}
