//! The assignee of a ticket: assignment, self-assignment, return to the queue and escalation. Pure.

use crate::tickets::TicketChange;
use crate::{
    ids::UserId,
    sla::Metric,
    tickets::{Attribution, Status, TicketEventKind, TicketRefusal, Transition, TransitionResult},
};
use chrono::{DateTime, Utc};

/// A member of staff who works on a ticket. An unassigned ticket is self-assigned to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActingAgent(UserId);

impl ActingAgent {
    /// An agent whose row is locked, if the ticket is unassigned. Only `actions::tickets` calls this: it
    /// takes the lock, without which two self-assignments could exceed the agent's limit.
    #[must_use]
    pub const fn locked(id: UserId) -> Self {
        Self(id)
    }

    /// The account of the agent.
    #[must_use]
    pub const fn id(self) -> UserId {
        self.0
    }
}

/// An escalation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// The new assignee; `None` if no agent of the level is free.
    pub to: Option<UserId>,
    /// The reason.
    pub reason: String,
    /// Whether a rule escalates it, and not a person.
    pub automatic: bool,
}

/// A breach by which a ticket is escalated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach {
    /// The clock.
    pub metric: Metric,
    /// Its deadline.
    pub due_at: DateTime<Utc>,
}

impl Breach {
    /// The reason of the escalation, for the history.
    #[must_use]
    pub fn reason(&self) -> String {
        format!(
            "The {} was due at {} and has not come.",
            self.metric.in_words(),
            self.due_at.format("%Y-%m-%d %H:%M UTC")
        )
    }
}

/// Whether automation may assign a ticket from the queue to its previous assignee again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reassignment {
    /// No, only people may: the agent returned it on purpose.
    ManualOnly,
    /// Yes, as to any other agent.
    Allowed,
}

impl TicketChange {
    /// Assigns the ticket to an agent. Its present assignee again changes at most the status.
    ///
    /// # Errors
    /// The ticket is resolved or closed.
    pub fn assign(
        &mut self,
        to: UserId,
        reason: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let status = self.after(Transition::Assign)?;
        let from = self.ticket.assigned_to;
        if from != Some(to) {
            self.set_assignee(to, now);
            self.record(now, TicketEventKind::Assigned { from, to, reason });
        }
        self.become_status(status, now);
        Ok(())
    }

    /// Whether work by a member of staff self-assigns the ticket.
    #[must_use]
    pub fn is_there_to_take(&self) -> bool {
        self.ticket.assigned_to.is_none() && self.ticket.status.is_active()
    }

    /// Self-assigns an unassigned, active ticket; otherwise changes nothing.
    pub(super) fn self_assign(&mut self, by: ActingAgent, now: DateTime<Utc>) {
        if !self.is_there_to_take() {
            return;
        }
        self.set_assignee(by.id(), now);
        let assigned = TicketEventKind::Assigned {
            from: None,
            to: by.id(),
            reason: None,
        };
        self.record(now, assigned);
        if let TransitionResult::To(status) = self.ticket.status.after(Transition::Assign) {
            self.become_status(status, now);
        }
    }

    /// Returns the ticket to the queue, because of its agent and not of the ticket: a ticket that waits
    /// for its customer is unassigned and keeps its status, since nothing is to do before the answer.
    ///
    /// # Errors
    /// The table of transitions does not allow the status `open`.
    pub fn return_to_queue(
        &mut self,
        again: Reassignment,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        self.after(Transition::Set(Status::Open))?;
        if self.ticket.status == Status::WaitingCustomer {
            self.unassign(again, now);
        } else {
            self.clear_assignee(again, now);
        }
        Ok(())
    }

    /// Unassigns the ticket and sets it to `open`: automation looks for another agent.
    pub(super) fn clear_assignee(&mut self, again: Reassignment, now: DateTime<Utc>) {
        self.unassign(again, now);
        self.become_status(Status::Open, now);
    }

    fn unassign(&mut self, again: Reassignment, now: DateTime<Utc>) {
        if let Some(from) = self.ticket.assigned_to.take() {
            self.ticket.assigned_at = None;
            self.ticket.returned_by = match again {
                Reassignment::ManualOnly => Some(from),
                Reassignment::Allowed => None,
            };
            self.record(now, TicketEventKind::Unassigned { from });
        }
    }

    /// Escalates the ticket by one level. An automatic escalation is recorded as an act of the system.
    ///
    /// # Errors
    /// The ticket is resolved or closed.
    pub fn escalate(
        &mut self,
        escalation: Escalation,
        now: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let status = self.after(Transition::Escalate)?;
        let by = self.by;
        if escalation.automatic {
            self.by = Attribution::System;
        }
        let from = self.ticket.assigned_to;
        if let Some(to) = escalation.to {
            self.set_assignee(to, now);
        } else {
            self.ticket.assigned_to = None;
            self.ticket.assigned_at = None;
            self.changed_hands = true;
        }
        self.ticket.escalation_level = self.ticket.escalation_level.saturating_add(1);
        self.become_status(status, now);
        let escalated = TicketEventKind::Escalated {
            level: self.ticket.escalation_level,
            from,
            to: escalation.to,
            reason: escalation.reason,
            automatic: escalation.automatic,
        };
        self.record(now, escalated);
        self.by = by;
        Ok(())
    }

    /// The breach by which the ticket has to be escalated before it is saved: the first breach that this
    /// change has recorded, since no sweep finds a recorded breach. `None` if the breach was detected only
    /// when its clock stopped. `None` if this change has assigned the ticket: an escalation would lock a
    /// second agent.
    #[must_use]
    pub fn must_escalate(&self) -> Option<Breach> {
        if self.changed_hands || !self.ticket.status.is_active() {
            return None;
        }
        self.entries.iter().find_map(|entry| {
            if let TicketEventKind::SlaBreached {
                metric,
                detected_after_stop: false,
                ..
            } = entry.kind
            {
                let due_at = entry.at;
                Some(Breach { metric, due_at })
            } else {
                None
            }
        })
    }

    /// Sets the assignee, without an event.
    pub(super) fn set_assignee(&mut self, agent: UserId, now: DateTime<Utc>) {
        self.ticket.assigned_to = Some(agent);
        self.ticket.assigned_at = Some(now);
        self.ticket.returned_by = None;
        self.changed_hands = true;
    }
}
