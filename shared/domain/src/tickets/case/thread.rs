//! What a message does to its ticket. Pure.

use crate::tickets::{Case, Worker};
use crate::{
    ids::MessageId,
    tickets::{Change, Happened, Refused, Status, Visibility},
};
use chrono::{DateTime, Utc};

impl Case {
    /// Whether the customer's next message needs it to be reopened first.
    #[must_use]
    pub fn is_reopened_by_reply(&self) -> bool {
        self.ticket.status == Status::Resolved
    }

    /// The customer wrote. The answer that it waited for moves it on: to the agent who has it, or,
    /// where nobody has it any more, back to the queue.
    ///
    /// # Errors
    /// It is closed; it is resolved and has to be reopened first.
    pub fn customer_wrote(
        &mut self,
        message: MessageId,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        match self.ticket.status {
            Status::Closed => return Err(Refused::Closed),
            present @ Status::Resolved => {
                let wanted = Change::Set(Status::InProgress);
                return Err(Refused::Transition { present, wanted });
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
        self.record(now, Happened::MessageAdded { message });
        Ok(())
    }

    /// Staff wrote to the customer. The first such message is the first response; whoever writes
    /// it gets a ticket that nobody has.
    pub fn staff_wrote(&mut self, by: Worker, message: MessageId, now: DateTime<Utc>) {
        self.self_assign(by, now);
        self.ticket.first_response_at.get_or_insert(now);
        let late = self.clocks.staff_replied(&self.ticket.policy, now);
        self.record_overdue(&late);
        self.record(now, Happened::MessageAdded { message });
    }

    /// Staff wrote an internal note.
    pub fn noted(&mut self, note: MessageId, now: DateTime<Utc>) {
        self.record(now, Happened::NoteAdded { message: note });
    }

    /// A message or a note was redacted.
    pub fn redact(
        &mut self,
        message: MessageId,
        visibility: Visibility,
        reason: String,
        now: DateTime<Utc>,
    ) {
        let is_internal = visibility == Visibility::Internal;
        self.record(
            now,
            Happened::MessageRedacted {
                message,
                is_internal,
                reason,
            },
        );
    }
}
