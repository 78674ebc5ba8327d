//! Who has a ticket: assigning, self-assignment, unassigning and escalation. Pure.

use crate::tickets::TicketChange;
use crate::{
    ids::UserId,
    sla::Metric,
    tickets::{Attribution, Status, TicketEventKind, TicketRefusal, Transition, TransitionResult},
};
use chrono::{DateTime, Utc};

/// A member of the staff who works on a ticket, and gets it where nobody has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActingAgent(UserId);

impl ActingAgent {
    /// Whose row is locked if nobody has the ticket. Made by [`actions::tickets`] alone,
    /// which see to that.
    pub const fn locked(id: UserId) -> Self {
        Self(id)
    }

    /// Who it is.
    #[must_use]
    pub const fn id(self) -> UserId {
        self.0
    }
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

/// A deadline that passed and has not been met since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breach {
    /// Of which clock.
    pub metric: Metric,
    /// When it was due.
    pub due_at: DateTime<Utc>,
}

impl Breach {
    /// Why the ticket is escalated.
    #[must_use]
    pub fn reason(&self) -> String {
        format!(
            "The {} was due at {} and has not come.",
            self.metric.in_words(),
            self.due_at.format("%Y-%m-%d %H:%M UTC")
        )
    }
}

/// Whether the agent who had a ticket that goes back to the queue may be given it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reassignment {
    /// By people alone: it was handed back on purpose.
    ManualOnly,
    /// Like anybody else.
    Allowed,
}

impl TicketChange {
    /// Assigns it to an agent. Nothing happens when the agent has it already and the status stays.
    ///
    /// # Errors
    /// It is resolved or closed.
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

    /// Whether work on it by a member of the staff assigns it to them.
    #[must_use]
    pub fn is_there_to_take(&self) -> bool {
        self.ticket.assigned_to.is_none() && self.ticket.status.is_active()
    }

    /// Assigns it to whoever works on it while nobody has it.
    pub fn self_assign(&mut self, by: ActingAgent, now: DateTime<Utc>) {
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

    /// Puts it back to the queue, whoever has it: because of the agent, and not of the ticket. One
    /// that waits for its customer goes on waiting, since there is nothing to do before the answer.
    ///
    /// # Errors
    /// The table of transitions does not have it.
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

    /// Back to the queue: nobody has it, and automation looks for somebody.
    pub fn clear_assignee(&mut self, again: Reassignment, now: DateTime<Utc>) {
        self.unassign(again, now);
        self.become_status(Status::Open, now);
    }

    fn unassign(&mut self, again: Reassignment, now: DateTime<Utc>) {
        if let Some(from) = self.ticket.assigned_to.take() {
            self.ticket.assigned_at = None;
            self.ticket.handed_back_by = match again {
                Reassignment::ManualOnly => Some(from),
                Reassignment::Allowed => None,
            };
            self.record(now, TicketEventKind::Unassigned { from });
        }
    }

    /// Escalates it by a level. What a rule does is the system's act.
    ///
    /// # Errors
    /// It is resolved or closed.
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

    /// The breach by which it has to be escalated before it is saved: the first that this change
    /// has put on record, since no sweep will find it any more. None when it was only found as its
    /// clock stopped, and none when the change has just given the ticket to somebody: that agent
    /// keeps it, and only one agent may be locked at a time.
    #[must_use]
    pub fn must_escalate(&self) -> Option<Breach> {
        if self.changed_hands || !self.ticket.status.is_active() {
            return None;
        }
        self.entries.iter().find_map(|entry| {
            if let TicketEventKind::SlaBreached {
                metric,
                late: false,
                ..
            } = entry.what
            {
                let due_at = entry.at;
                Some(Breach { metric, due_at })
            } else {
                None
            }
        })
    }

    pub fn set_assignee(&mut self, agent: UserId, now: DateTime<Utc>) {
        self.ticket.assigned_to = Some(agent);
        self.ticket.assigned_at = Some(now);
        self.ticket.handed_back_by = None;
        self.changed_hands = true;
    }
}
