//! A ticket under change: what becomes of it, of its clocks and of its history when something
//! happens to it. Nothing here asks whether it may; the actions did. Pure.
//!
//! Every change of status goes through [`Case::become_status`], so that clocks and instants
//! cannot be forgotten on one of the ways to a status.

use crate::{
    db::Json,
    ids::{MessageId, UserId},
    people::Role,
    sla::{Clocks, Overdue, Policy},
    tickets::{
        Change, Happened, Move, NewRating, Priority, Resolution, Status, Ticket, Visibility,
        event::Entry,
    },
};
use chrono::{DateTime, Utc};

/// A ticket with its clocks, and what has happened to it since it was loaded.
#[derive(Debug, Clone)]
pub struct Case {
    /// The ticket.
    pub ticket: Ticket,
    /// Its clocks.
    pub clocks: Clocks,
    entries: Vec<Entry>,
}

/// A move that the table does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Where the ticket stands.
    pub present: Status,
}

/// An escalation to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// Who is to have it; nobody, when there is none to take it.
    pub to: Option<UserId>,
    /// Why.
    pub reason: String,
    /// Whether a rule does it.
    pub automatic: bool,
}

/// Whether whoever had a ticket that goes back to the queue may be given it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// By people alone: it was handed back on purpose.
    ByHandAlone,
    /// Like anybody else.
    AsAnybody,
}

impl Case {
    /// A ticket as it was loaded.
    #[must_use]
    pub fn loaded(ticket: Ticket, clocks: Clocks) -> Self {
        Self {
            ticket,
            clocks,
            entries: Vec::new(),
        }
    }

    /// A ticket that has just been created.
    #[must_use]
    pub fn created(ticket: Ticket) -> Self {
        let clocks = Clocks::open(&ticket.policy, ticket.created_at);
        let at = ticket.created_at;
        let mut case = Self::loaded(ticket, clocks);
        case.record(at, Happened::Created);
        case
    }

    /// What has happened since it was loaded, in order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether all that has happened concerns internal notes.
    #[must_use]
    pub fn has_notes_alone(&self) -> bool {
        self.entries.iter().all(|entry| entry.what.is_of_a_note())
    }

    /// Notes what happened.
    pub fn record(&mut self, at: DateTime<Utc>, what: Happened) {
        self.entries.push(Entry { at, what });
    }

    /// Gives it to an agent. Nothing happens when the agent has it already and the status stays.
    ///
    /// # Errors
    /// It is resolved or closed.
    pub fn give(
        &mut self,
        to: UserId,
        reason: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let status = self.after(Change::Assign)?;
        let from = self.ticket.assigned_to;
        if from != Some(to) {
            self.hold(to, now);
            self.record(now, Happened::Assigned { from, to, reason });
        }
        self.become_status(status, now);
        Ok(())
    }

    /// Gives it to whoever works on it while nobody has it.
    pub fn take_up(&mut self, by: UserId, now: DateTime<Utc>) {
        if self.ticket.assigned_to.is_none() && self.ticket.status.is_active() {
            self.hold(by, now);
            self.record(
                now,
                Happened::Assigned {
                    from: None,
                    to: by,
                    reason: None,
                },
            );
            if let Move::To(status) = self.ticket.status.after(Change::Assign) {
                self.become_status(status, now);
            }
        }
    }

    /// Sets the status as `PUT /status` does.
    ///
    /// # Errors
    /// The table of moves does not have it.
    pub fn set_status(
        &mut self,
        to: Status,
        by: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        match self.after(Change::Set(to))? {
            status if status == self.ticket.status => {}
            Status::Open => self.hand_back(Again::ByHandAlone, now),
            Status::Resolved => self.resolve(unexplained(by, now), false, now),
            Status::Closed => self.close(now),
            status => self.become_status(status, now),
        }
        Ok(())
    }

    /// Puts it back to the queue, whoever has it.
    ///
    /// # Errors
    /// The table of moves does not have it.
    pub fn put_back(&mut self, again: Again, now: DateTime<Utc>) -> Result<(), Refused> {
        self.after(Change::Set(Status::Open))?;
        self.hand_back(again, now);
        Ok(())
    }

    /// Back to the queue: nobody has it, and automation looks for somebody.
    fn hand_back(&mut self, again: Again, now: DateTime<Utc>) {
        if let Some(from) = self.ticket.assigned_to.take() {
            self.ticket.assigned_at = None;
            self.ticket.handed_back_by = match again {
                Again::ByHandAlone => Some(from),
                Again::AsAnybody => None,
            };
            self.record(now, Happened::Unassigned { from });
        }
        self.become_status(Status::Open, now);
    }

    /// Resolves it.
    pub fn resolve(&mut self, resolution: Resolution, by_closing: bool, now: DateTime<Utc>) {
        self.become_status(Status::Resolved, now);
        self.ticket.resolution = Some(Json(resolution));
        self.record(now, Happened::Resolved { by_closing });
    }

    /// Closes it; one that is not resolved was resolved before by [`Case::resolve`].
    pub fn close(&mut self, now: DateTime<Utc>) {
        self.become_status(Status::Closed, now);
        self.record(now, Happened::Closed);
    }

    /// Sets the priority, with the policy that follows from it.
    pub fn set_priority(&mut self, priority: Priority, policy: Policy, now: DateTime<Utc>) {
        let from = std::mem::replace(&mut self.ticket.priority, priority);
        self.record(now, Happened::PriorityChanged { from, to: priority });
        let found = self.clocks.reprioritised(&policy, self.ticket.status, now);
        self.record_overdue(&found);
        self.ticket.policy = Json(policy);
    }

    /// Lifts it by a level.
    ///
    /// # Errors
    /// It is resolved or closed.
    pub fn escalate(&mut self, escalation: Escalation, now: DateTime<Utc>) -> Result<(), Refused> {
        let status = self.after(Change::Escalate)?;
        let from = self.ticket.assigned_to;
        if let Some(to) = escalation.to {
            self.hold(to, now);
        } else {
            self.ticket.assigned_to = None;
            self.ticket.assigned_at = None;
        }
        self.ticket.escalation_level = self.ticket.escalation_level.saturating_add(1);
        self.become_status(status, now);
        self.record(
            now,
            Happened::Escalated {
                level: self.ticket.escalation_level,
                from,
                to: escalation.to,
                reason: escalation.reason,
                automatic: escalation.automatic,
            },
        );
        Ok(())
    }

    /// Takes it up again, for `holder` if there is one, with a new resolution clock.
    ///
    /// # Errors
    /// It is neither resolved nor closed.
    pub fn reopen(
        &mut self,
        reason: String,
        holder: Option<UserId>,
        policy: Policy,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let status = self.after(Change::Reopen)?;
        let from = self.ticket.assigned_to;
        if let (None, Some(from)) = (holder, from) {
            self.ticket.assigned_to = None;
            self.ticket.assigned_at = None;
            self.record(now, Happened::Unassigned { from });
        }
        self.ticket.reopened_count = self.ticket.reopened_count.saturating_add(1);
        self.ticket.resolution = None;
        self.ticket.resolved_at = None;
        self.ticket.closed_at = None;
        self.clocks.reopened(&policy, now);
        self.ticket.policy = Json(policy);
        self.become_status(status, now);
        self.record(now, Happened::Reopened { reason });
        Ok(())
    }

    /// A message was added; the status that follows from it is the action's to set.
    pub fn message(
        &mut self,
        by: Role,
        visibility: Visibility,
        what: Happened,
        now: DateTime<Utc>,
    ) {
        match visibility {
            Visibility::Internal => {}
            Visibility::Public if by.is_staff() => {
                self.ticket.first_response_at.get_or_insert(now);
                let late = self.clocks.staff_replied(&self.ticket.policy, now);
                self.record_overdue(&late);
            }
            Visibility::Public => self.clocks.customer_wrote(&self.ticket.policy, now),
        }
        self.record(now, what);
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

    /// The customer rated the last resolution.
    pub fn rate(&mut self, rating: NewRating, now: DateTime<Utc>) {
        self.ticket.rating = Some(rating.rating);
        self.ticket.rating_feedback = rating.feedback;
        self.ticket.rated_at = Some(now);
        self.ticket.rated_for = self.ticket.resolved_for;
        self.ticket.rated_cycle = Some(self.ticket.reopened_count);
        self.record(
            now,
            Happened::Rated {
                rating: rating.rating,
            },
        );
    }

    /// The customer was reminded that an answer is awaited.
    pub fn remind(&mut self, now: DateTime<Utc>) {
        self.ticket.reminded_at = Some(now);
        self.record(now, Happened::Reminded);
    }

    /// Puts on record what came due while the clocks ran; gives back what did.
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<Overdue> {
        let found = self.clocks.sweep(now);
        self.record_overdue(&found);
        found
    }

    fn hold(&mut self, agent: UserId, now: DateTime<Utc>) {
        self.ticket.assigned_to = Some(agent);
        self.ticket.assigned_at = Some(now);
        self.ticket.handed_back_by = None;
    }

    fn after(&self, change: Change) -> Result<Status, Refused> {
        let present = self.ticket.status;
        match present.after(change) {
            Move::To(status) => Ok(status),
            Move::Stays => Ok(present),
            Move::Refused => Err(Refused { present }),
        }
    }

    /// The one way to a status: instants and clocks go with it.
    fn become_status(&mut self, to: Status, now: DateTime<Utc>) {
        let from = std::mem::replace(&mut self.ticket.status, to);
        if from == to {
            return;
        }
        if from == Status::WaitingCustomer {
            self.ticket.waiting_since = None;
            self.ticket.reminded_at = None;
        }
        match to {
            Status::WaitingCustomer => self.ticket.waiting_since = Some(now),
            Status::Resolved => {
                self.ticket.resolved_at = Some(now);
                self.ticket.resolved_for = self.ticket.assigned_to;
                self.ticket.first_response_at.get_or_insert(now);
            }
            Status::Closed => self.ticket.closed_at = Some(now),
            Status::Open
            | Status::Assigned
            | Status::InProgress
            | Status::WaitingInternal
            | Status::Escalated
            | Status::Reopened => {}
        }
        let moved = (from, to);
        let found = self.clocks.status_changed(&self.ticket.policy, moved, now);
        self.record_overdue(&found);
        self.record(now, Happened::StatusChanged { from, to });
    }

    /// A deadline is recorded with the instant it was due, whenever it is found.
    fn record_overdue(&mut self, found: &[Overdue]) {
        for overdue in found {
            self.record(overdue.at, overdue.happened());
        }
    }
}

/// A resolution by status alone.
fn unexplained(by: Option<UserId>, now: DateTime<Utc>) -> Resolution {
    Resolution {
        summary: None,
        resolution_type: None,
        resolution_notes: None,
        duplicate_of: None,
        duplicate_is_theirs: false,
        resolved_by: by,
        resolved_at: now,
    }
}

#[cfg(test)]
mod laws;
