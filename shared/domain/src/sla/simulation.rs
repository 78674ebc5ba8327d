//! A policy tried on a made-up timeline, by the functions that tickets go by. Pure.
//!
//! What happens is not judged: whoever tries a policy may set a status that the table of moves does
//! not have. Of what a ticket would refuse only a customer's reply on a closed one is left out.

use crate::sla::{Clocks, Policy, SlaView};
use crate::{
    field_error::FieldErrors,
    text_enum,
    tickets::{Priority, Status},
};
use chrono::{DateTime, TimeDelta, Utc};

/// The most events of a timeline.
const MOST_EVENTS: usize = 1_000;
/// The longest timeline: ten years.
const LONGEST: TimeDelta = TimeDelta::days(3_653);

text_enum! {
    /// What happens in a timeline.
    pub enum SimulatedKind {
        /// Staff write a public message.
        StaffReply = "staff_reply",
        /// The customer writes.
        CustomerReply = "customer_reply",
        /// The status changes.
        Status = "status",
        /// The priority changes: the targets are computed anew, from the one policy that there is.
        Priority = "priority",
    }
}

/// An event of a timeline as an admin sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewEvent {
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// What.
    pub kind: Option<SimulatedKind>,
    /// The status that it becomes.
    pub status: Option<Status>,
    /// The priority that it gets. Only that there is one counts.
    pub priority: Option<Priority>,
}

/// An event of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub what: Simulated,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Simulated {
    /// Staff write a public message.
    StaffReply,
    /// The customer writes.
    CustomerReply,
    /// The status changes.
    Status(Status),
    /// The priority changes.
    Priority,
}

impl NewEvent {
    /// Notes what is missing; paths are relative to the event.
    pub fn parse(&self, faults: &mut FieldErrors) -> Option<SimulatedEvent> {
        let what = match self.kind? {
            SimulatedKind::StaffReply => Simulated::StaffReply,
            SimulatedKind::CustomerReply => Simulated::CustomerReply,
            SimulatedKind::Priority => Simulated::Priority,
            SimulatedKind::Status => {
                if self.status.is_none() {
                    faults.add("status", "required", "is required for the type status");
                }
                Simulated::Status(self.status?)
            }
        };
        Some(SimulatedEvent { at: self.at?, what })
    }
}

/// A policy and a timeline that it is tried on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    policy: Policy,
    created_at: DateTime<Utc>,
    /// In order.
    events: Vec<SimulatedEvent>,
    now: DateTime<Utc>,
}

impl Simulation {
    /// Notes what does not fit together. Events may come in any order; those of one instant happen
    /// in the order in which they are given.
    pub fn parse(
        policy: Option<Policy>,
        (created_at, now): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        events: &[Option<SimulatedEvent>],
        faults: &mut FieldErrors,
    ) -> Option<Self> {
        faults.entries("events", events.len(), MOST_EVENTS);
        let created_at = created_at?;
        if now.is_some_and(|now| now < created_at) {
            faults.add("now", "before_creation", "must not be before createdAt");
        } else if now.is_some_and(|now| now - created_at > LONGEST) {
            let message = "must be at most ten years after createdAt";
            faults.add("now", "too_late", message);
        }
        for (index, event) in events.iter().enumerate() {
            if event.is_some_and(|event| event.at < created_at) {
                let field = format!("events[{index}].at");
                faults.add(field, "before_creation", "must not be before createdAt");
            }
        }
        let mut events: Vec<_> = events.iter().copied().collect::<Option<_>>()?;
        events.sort_by_key(|event: &SimulatedEvent| event.at);
        Some(Self {
            policy: policy?,
            created_at,
            events,
            now: now?,
        })
    }

    /// How the clocks stand at the end. What is later than that has not happened yet.
    #[must_use]
    pub fn run(&self) -> Option<SlaView> {
        let policy = &self.policy;
        let mut clocks = Clocks::open(policy, self.created_at);
        let mut status = Status::Open;
        for event in self.events.iter().take_while(|event| event.at <= self.now) {
            status = apply(&mut clocks, policy, status, *event);
        }
        SlaView::of(policy, &clocks, self.now)
    }
}

/// What an event does to the clocks; gives the status after it.
pub fn apply(
    clocks: &mut Clocks,
    policy: &Policy,
    status: Status,
    SimulatedEvent { at, what }: SimulatedEvent,
) -> Status {
    match what {
        Simulated::StaffReply => {
            drop(clocks.staff_replied(policy, at));
            status
        }
        Simulated::CustomerReply => {
            let after = match status {
                Status::Closed => return status,
                Status::Resolved => Status::Reopened,
                Status::WaitingCustomer => Status::InProgress,
                Status::Open
                | Status::Assigned
                | Status::InProgress
                | Status::WaitingInternal
                | Status::Escalated
                | Status::Reopened => status,
            };
            let after = set_status(clocks, policy, (status, after), at);
            clocks.customer_wrote(policy, at);
            after
        }
        Simulated::Status(to) => set_status(clocks, policy, (status, to), at),
        Simulated::Priority => {
            drop(clocks.reprioritised(policy, status, at));
            status
        }
    }
}

/// Closing resolves what is not resolved; whatever is taken up again begins a new cycle.
fn set_status(
    clocks: &mut Clocks,
    policy: &Policy,
    (from, to): (Status, Status),
    at: DateTime<Utc>,
) -> Status {
    match (from.is_active(), to.is_active()) {
        (false, true) => clocks.reopened(policy, at),
        (true, false) => {
            drop(clocks.status_changed(policy, (from, Status::Resolved), at));
            return to;
        }
        // What is over stays so.
        (false, false) => return to,
        (true, true) => {}
    }
    drop(clocks.status_changed(policy, (from, to), at));
    to
}

#[cfg(test)]
mod tests;
