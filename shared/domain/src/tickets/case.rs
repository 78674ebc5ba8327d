//! A ticket under change: what becomes of it, of its clocks and of its history when something
//! happens to it, and what is refused. Who may do it at all is asked before. Pure.
//!
//! Every change of status goes through [`TicketChange::become_status`], so that clocks and instants
//! cannot be forgotten on one of the ways to a status. A change that is refused changes nothing.

mod assignee;
mod ending;
mod texts;
mod thread;

pub use assignee::{ActingAgent, Breach, Escalation, Reassignment};
pub use ending::{Conclusion, Duplicate, RatedBy, Reopening};

use crate::{
    ids::UserId,
    json::Json,
    sla::{Clocks, Policy, SlaFinding},
    tickets::{
        Attribution, PendingEvent, Priority, Resolution, Status, Ticket, TicketEventKind,
        TicketRefusal, Transition, TransitionResult,
    },
};
use chrono::{DateTime, Utc};

/// A ticket with its clocks, and what has happened to it since it was loaded.
#[derive(Debug, Clone)]
pub struct TicketChange {
    ticket: Ticket,
    clocks: Clocks,
    entries: Vec<PendingEvent>,
    /// Who the next entries are by.
    by: Attribution,
    /// Whether this change has given the ticket to somebody, or has escalated it.
    changed_hands: bool,
}

impl TicketChange {
    /// A ticket as it was loaded.
    #[must_use]
    pub fn loaded(ticket: Ticket, clocks: Clocks) -> Self {
        Self {
            ticket,
            clocks,
            entries: Vec::new(),
            by: Attribution::Actor,
            changed_hands: false,
        }
    }

    /// A ticket that has just been created.
    #[must_use]
    pub fn created(ticket: Ticket) -> Self {
        let clocks = Clocks::open(&ticket.policy, ticket.created_at);
        let at = ticket.created_at;
        let mut case = Self::loaded(ticket, clocks);
        case.record(at, TicketEventKind::Created);
        case
    }

    /// The ticket as it is now.
    #[must_use]
    pub const fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    /// The ticket, when nothing more happens to it.
    #[must_use]
    pub fn into_ticket(self) -> Ticket {
        self.ticket
    }

    /// Its clocks.
    #[must_use]
    pub const fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// What has happened since it was loaded, in order.
    #[must_use]
    pub fn entries(&self) -> &[PendingEvent] {
        &self.entries
    }

    /// Whether a text that searches know has changed.
    #[must_use]
    pub fn has_changed_words(&self) -> bool {
        self.entries.iter().any(|entry| entry.what.changes_words())
    }

    /// Moves version and instant on, before it is written; gives the version that was loaded. A
    /// note changes nothing that the customer may see, so that neither may tell of it.
    #[must_use = "the row is written over this version alone"]
    pub fn stamp(&mut self, now: DateTime<Utc>) -> i64 {
        let loaded = self.ticket.version;
        if !self.entries.iter().all(|entry| entry.what.is_of_a_note()) {
            self.ticket.version = loaded.saturating_add(1);
            self.ticket.updated_at = now;
        }
        loaded
    }

    /// Sets the status by hand. Whoever works on a ticket that nobody has gets it.
    ///
    /// # Errors
    /// The table of transitions does not have it.
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

    /// Sets the priority, with the policy that follows from it. The present one again changes
    /// nothing.
    ///
    /// # Errors
    /// It is resolved or closed.
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

    /// Puts on record what came due while the clocks ran; gives back what did.
    pub fn sweep(&mut self, now: DateTime<Utc>) -> Vec<SlaFinding> {
        let found = self.clocks.sweep(now);
        self.record_findings(&found);
        found
    }

    fn record(&mut self, at: DateTime<Utc>, what: TicketEventKind) {
        let by = if what.is_by_itself() {
            Attribution::System
        } else {
            self.by
        };
        self.entries.push(PendingEvent { at, by, what });
    }

    fn after(&self, wanted: Transition) -> Result<Status, TicketRefusal> {
        let present = self.ticket.status;
        match present.after(wanted) {
            TransitionResult::To(status) => Ok(status),
            TransitionResult::Stays => Ok(present),
            TransitionResult::TicketRefusal => Err(TicketRefusal::Transition { present, wanted }),
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
        self.record_findings(&found);
        self.record(now, TicketEventKind::StatusChanged { from, to });
    }

    /// A deadline is recorded with the instant it was due, whenever it is found.
    fn record_findings(&mut self, found: &[SlaFinding]) {
        for finding in found {
            self.record(finding.at, finding.happened());
        }
    }
}

/// A resolution by status alone.
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
