//! A policy tried on a made-up timeline, by the functions that tickets go by. Pure.
//!
//! The events are not checked against the rules of tickets: a timeline may set a status that the table of transitions
//! does not allow. The only event without effect is a customer's reply on a closed ticket.

use crate::sla::{Clocks, Policy, SlaView};
use crate::{
    category::Priority, field_error::FieldErrors, reader::ObjectReader, status::Status, text_enum,
};
use chrono::{DateTime, TimeDelta, Utc};

/// The most events of a timeline.
const MOST_EVENTS: usize = 1_000;
/// The longest timeline: ten years.
const LONGEST: TimeDelta = TimeDelta::days(3_653);

text_enum! {
    /// The kind of an event of an imagined ticket.
    pub enum SimulatedKind as "SimulatedEventType" {
        /// An agent or admin writes a public message.
        StaffReply = "staff_reply",
        /// The customer writes.
        CustomerReply = "customer_reply",
        /// The status changes.
        Status = "status",
        /// The priority changes, so that the targets are computed again from the same policy.
        Priority = "priority",
    }
}

/// An event of a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedEvent {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The event.
    pub what: Simulated,
}

/// An event, without its instant.
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

impl SimulatedEvent {
    /// Reads an event; `None` where a field has an error.
    fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named("SimulatedEvent", "An event of an imagined ticket.");
        reader.mean(&[
            ("at", "The instant of the event, not before `createdAt`."),
            ("type", "The kind of the event."),
            ("status", "The new status. It is required for the type `status`."),
            ("priority", "The new priority, for the type `priority`. It has no effect, since there is one policy."),
        ]);
        reader.need("at");
        let at = reader.instant("at");
        let kind = reader.required_word("type");
        let status = reader.word("status");
        // Which priority it is has no effect: there is one policy.
        reader.word::<Priority>("priority");
        let what = match kind? {
            SimulatedKind::StaffReply => Simulated::StaffReply,
            SimulatedKind::CustomerReply => Simulated::CustomerReply,
            SimulatedKind::Priority => Simulated::Priority,
            SimulatedKind::Status => {
                if status.is_none() {
                    let message = "is required for the type status";
                    reader.errors().add("status", "required", message);
                }
                Simulated::Status(status?)
            }
        };
        Some(Self { at: at?, what })
    }
}

/// A policy and the timeline on which it is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    policy: Policy,
    created_at: DateTime<Utc>,
    /// In order.
    events: Vec<SimulatedEvent>,
    now: DateTime<Utc>,
}

impl Simulation {
    /// Reads a policy and a timeline; `None` where a field has an error. A policy without thresholds of its own
    /// warns at `at_risk_percent`. Events may come in any order; events of one instant happen in the order of the list.
    pub fn read(reader: &mut ObjectReader, at_risk_percent: i16) -> Option<Self> {
        reader.named(
            "SlaPolicySimulate",
            "An SLA policy, and an imagined ticket on which it is tried.",
        );
        reader.mean(&[
            ("policy", "The policy to try."),
            ("createdAt", "The instant at which the imagined ticket is created."),
            ("events", "What happens to the ticket, in any order. Events of one instant happen in the order of this list."),
            ("now", "The instant for which the clocks are shown, at most ten years after `createdAt`. Later events have \
            no effect."),
        ]);
        reader.need("policy");
        let policy = reader.object("policy", |policy| Policy::read(policy, at_risk_percent));
        reader.need("createdAt");
        let created_at = reader.instant("createdAt");
        let events = reader.objects("events", SimulatedEvent::read);
        reader.need("now");
        let instants = (created_at, reader.instant("now"));
        reader.checks_last();
        let events = events.unwrap_or_default();
        Self::parse(policy.flatten(), instants, &events, reader.errors())
    }

    /// Checks that the parts fit together.
    fn parse(
        policy: Option<Policy>,
        (created_at, now): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        events: &[Option<SimulatedEvent>],
        errors: &mut FieldErrors,
    ) -> Option<Self> {
        errors.entries("events", events.len(), MOST_EVENTS);
        let created_at = created_at?;
        if now.is_some_and(|now| now < created_at) {
            errors.add("now", "before_creation", "must not be before createdAt");
        } else if now.is_some_and(|now| now - created_at > LONGEST) {
            let message = "must be at most ten years after createdAt";
            errors.add("now", "too_late", message);
        }
        for (index, event) in events.iter().enumerate() {
            if event.is_some_and(|event| event.at < created_at) {
                let field = format!("events[{index}].at");
                errors.add(field, "before_creation", "must not be before createdAt");
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

    /// The state of the clocks at the end of the timeline. Later events have not happened yet.
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

/// Applies an event to the clocks; returns the status after it.
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

/// Closing resolves a ticket that is not resolved; a reopened ticket begins a new cycle.
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
        // A resolved or closed ticket stays so.
        (false, false) => return to,
        (true, true) => {}
    }
    drop(clocks.status_changed(policy, (from, to), at));
    to
}

#[cfg(test)]
mod tests;
