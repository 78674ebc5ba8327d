//! Who has a ticket: assigning, self-assignment, unassigning and escalation. Pure.

use crate::tickets::Case;
use crate::{
    ids::UserId,
    sla::Metric,
    tickets::{Change, EntryBy, Happened, Move, Refused, Status},
};
use chrono::{DateTime, Utc};

/// A member of the staff who works on a ticket, and gets it where nobody has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worker(UserId);

impl Worker {
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
pub enum Again {
    /// By people alone: it was handed back on purpose.
    ByHandAlone,
    /// Like anybody else.
    AsAnybody,
}

impl Case {
    /// Assigns it to an agent. Nothing happens when the agent has it already and the status stays.
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

    /// Whether work on it by a member of the staff assigns it to them.
    #[must_use]
    pub fn is_there_to_take(&self) -> bool {
        self.ticket.assigned_to.is_none() && self.ticket.status.is_active()
    }

    /// Assigns it to whoever works on it while nobody has it.
    pub fn self_assign(&mut self, by: Worker, now: DateTime<Utc>) {
        if !self.is_there_to_take() {
            return;
        }
        self.hold(by.id(), now);
        let assigned = Happened::Assigned {
            from: None,
            to: by.id(),
            reason: None,
        };
        self.record(now, assigned);
        if let Move::To(status) = self.ticket.status.after(Change::Assign) {
            self.become_status(status, now);
        }
    }

    /// Puts it back to the queue, whoever has it: because of the agent, and not of the ticket. One
    /// that waits for its customer goes on waiting, since there is nothing to do before the answer.
    ///
    /// # Errors
    /// The table of transitions does not have it.
    pub fn put_back(&mut self, again: Again, now: DateTime<Utc>) -> Result<(), Refused> {
        self.after(Change::Set(Status::Open))?;
        if self.ticket.status == Status::WaitingCustomer {
            self.unassign(again, now);
        } else {
            self.hand_back(again, now);
        }
        Ok(())
    }

    /// Back to the queue: nobody has it, and automation looks for somebody.
    pub fn hand_back(&mut self, again: Again, now: DateTime<Utc>) {
        self.unassign(again, now);
        self.become_status(Status::Open, now);
    }

    fn unassign(&mut self, again: Again, now: DateTime<Utc>) {
        if let Some(from) = self.ticket.assigned_to.take() {
            self.ticket.assigned_at = None;
            self.ticket.handed_back_by = match again {
                Again::ByHandAlone => Some(from),
                Again::AsAnybody => None,
            };
            self.record(now, Happened::Unassigned { from });
        }
    }

    /// Escalates it by a level. What a rule does is the system's act.
    ///
    /// # Errors
    /// It is resolved or closed.
    pub fn escalate(&mut self, escalation: Escalation, now: DateTime<Utc>) -> Result<(), Refused> {
        let status = self.after(Change::Escalate)?;
        let by = self.by;
        if escalation.automatic {
            self.by = EntryBy::System;
        }
        let from = self.ticket.assigned_to;
        if let Some(to) = escalation.to {
            self.hold(to, now);
        } else {
            self.ticket.assigned_to = None;
            self.ticket.assigned_at = None;
            self.changed_hands = true;
        }
        self.ticket.escalation_level = self.ticket.escalation_level.saturating_add(1);
        self.become_status(status, now);
        let escalated = Happened::Escalated {
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
            if let Happened::SlaBreached {
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

    pub fn hold(&mut self, agent: UserId, now: DateTime<Utc>) {
        self.ticket.assigned_to = Some(agent);
        self.ticket.assigned_at = Some(now);
        self.ticket.handed_back_by = None;
        self.changed_hands = true;
    }
}
