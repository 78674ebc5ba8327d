//! The aggregate of a ticket: its changes, with their effects on clocks and history, and the changes
//! that it refuses. Access is checked before. Pure.
//!
//! Every change of status goes through [`TicketChange::become_status`], so that no change can forget the
//! clocks and instants of a status. A refused change changes nothing.

mod assignee;
mod edit;
mod ending;
mod thread;

pub use assignee::{ActingAgent, Breach, Escalation, Reassignment};
pub use edit::TicketEdit;
pub use ending::{Conclusion, Duplicate, RatedBy, Reopening};

use crate::{
    ids::UserId,
    json::Json,
    sla::{Clocks, Policy, SlaFinding},
    tickets::{
        Attribution, Cause, PendingEvent, Priority, Resolution, Status, Ticket, TicketEventKind,
        TicketRefusal, Touches, Transition, TransitionResult,
    },
};
use chrono::{DateTime, Utc};

/// A ticket with its clocks, and its events since it was loaded.
#[derive(Debug, Clone)]
pub struct TicketChange {
    ticket: Ticket,
    clocks: Clocks,
    /// The clocks as they were loaded; `None` for a new ticket.
    loaded_clocks: Option<Clocks>,
    entries: Vec<PendingEvent>,
    /// The attribution of the next entries.
    by: Attribution,
    /// Whether this change has assigned or escalated the ticket.
    changed_hands: bool,
}

impl TicketChange {
    /// A loaded ticket, without changes yet.
    #[must_use]
    pub fn loaded(ticket: Ticket, clocks: Clocks) -> Self {
        Self {
            ticket,
            loaded_clocks: Some(clocks.clone()),
            clocks,
            entries: Vec::new(),
            by: Attribution::Actor,
            changed_hands: false,
        }
    }

    /// A new ticket, with its clocks and the event `Created`.
    #[must_use]
    pub fn created(ticket: Ticket) -> Self {
        let clocks = Clocks::open(&ticket.policy, ticket.created_at);
        let at = ticket.created_at;
        let mut change = Self::loaded(ticket, clocks);
        change.loaded_clocks = None;
        change.record(at, TicketEventKind::Created);
        change
    }

    /// The ticket in its present state.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// The ticket, after the last change.
    #[must_use]
    pub fn into_ticket(self) -> Ticket {
        self.ticket
    }

    /// The clocks of the ticket.
    #[must_use]
    pub const fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// Whether any clock differs from what was loaded.
    #[must_use]
    pub fn has_changed_clocks(&self) -> bool {
        self.loaded_clocks.as_ref() != Some(&self.clocks)
    }

    /// The events since it was loaded, in order.
    #[must_use]
    pub fn entries(&self) -> &[PendingEvent] {
        &self.entries
    }

    /// Whether a text that the search index holds has changed.
    #[must_use]
    pub fn has_changed_words(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.kind.spec().touches == Touches::SearchedText)
    }

    /// Increments the version and sets the time of the last change, before the ticket is written. Returns
    /// the loaded version. Notes leave both as they are: the customer sees both, and may not notice notes.
    #[must_use = "the row is written only over this version"]
    pub fn stamp(&mut self, now: DateTime<Utc>) -> i64 {
        let loaded = self.ticket.version;
        if !self
            .entries
            .iter()
            .all(|entry| entry.kind.spec().touches == Touches::Note)
        {
            self.ticket.version = loaded.saturating_add(1);
            self.ticket.updated_at = now;
        }
        loaded
    }

    /// Sets the status by hand; the present status again changes nothing. An unassigned ticket is
    /// self-assigned to `by`, unless it returns to the queue.
    ///
    /// # Errors
    /// The table of transitions does not allow it.
    pub fn set_status(
        &mut self,
        to: Status,
        by: ActingAgent,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let status = self.after(Transition::Set(to))?;
        if status == self.ticket.status {
            return Ok(());
        }
        if status != Status::Open {
            self.self_assign(by, now);
        }
        match status {
            Status::Open => self.clear_assignee(Reassignment::ManualOnly, now),
            Status::Resolved => self.resolve(unexplained(by.id(), now), false, now),
            Status::Closed => self.end(now),
            status => self.become_status(status, now),
        }
        Ok(())
    }

    /// Sets the priority and the policy that belongs to it; the present priority again changes nothing.
    ///
    /// # Errors
    /// The ticket is resolved or closed.
    pub fn set_priority(
        &mut self,
        priority: Priority,
        policy: Policy,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let present = self.ticket.status;
        if !present.is_active() {
            return Err(TicketRefusal::PriorityStands { present });
        }
        if priority == self.ticket.priority {
            return Ok(());
        }
        let from = std::mem::replace(&mut self.ticket.priority, priority);
        self.record(now, TicketEventKind::PriorityChanged { from, to: priority });
        let found = self.clocks.reprioritised(&policy, present, now);
        self.record_findings(&found);
        self.ticket.policy = Json(policy);
        Ok(())
    }

    /// Records the warnings and breaches that are due by `now`, and returns them.
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        let found = self.clocks.sweep(now);
        self.record_findings(&found);
        found
    }

    fn record(&mut self, at: DateTime<Utc>, kind: TicketEventKind) {
        let by = match kind.spec().cause {
            Cause::Time => Attribution::System,
            Cause::Act => self.by,
        };
        self.entries.push(PendingEvent { at, by, kind });
    }

    fn after(&self, wanted: Transition) -> Result<Status, TicketRefusal> {
        let present = self.ticket.status;
        match present.after(wanted) {
            TransitionResult::To(status) => Ok(status),
            TransitionResult::Stays => Ok(present),
            TransitionResult::Refused => Err(TicketRefusal::Transition { present, wanted }),
        }
    }

    /// Changes the status, with the instants and clocks of the old and the new status.
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
        self.record_findings(&found);
        self.record(now, TicketEventKind::StatusChanged { from, to });
    }

    /// Records findings, each dated with the instant at which it was due.
    fn record_findings(&mut self, found: &[SlaFinding]) {
        for finding in found {
            self.record(finding.at, TicketEventKind::from(*finding));
        }
    }
}

/// The resolution of a ticket that was resolved by its status, without a summary.
fn unexplained(by: UserId, now: DateTime<Utc>) -> Resolution {
    Resolution {
        summary: None,
        resolution_type: None,
        resolution_notes: None,
        duplicate_of: None,
        duplicate_is_theirs: false,
        resolved_by: Some(by),
        resolved_at: now,
    }
}

#[cfg(test)]
mod properties;
