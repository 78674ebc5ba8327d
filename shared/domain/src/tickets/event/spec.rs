//! What one row of the table of events says. Pure.

use crate::{live_event::LiveEvent, template::Template};

/// Everything that is fixed about a kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSpec {
    /// The tag under which it is stored and shown.
    pub name: &'static str,
    /// Who may see it in the history.
    pub audience: HistoryAudience,
    /// What causes it.
    pub cause: Cause,
    /// Which part of the ticket it touches.
    pub touches: Touches,
    /// The name under which those who may see it are told of it.
    pub live: LiveEvent,
    /// The built-in plan of notifications. Of a person who is named twice, the first row counts.
    pub notifies: &'static [(Recipient, Template)],
    /// The jobs that it enqueues, in this order.
    pub follow_ups: &'static [FollowUp],
}

/// Who may see an event in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryAudience {
    /// Staff and the customer.
    Everybody,
    /// Staff only: notes, deadlines and escalations.
    Staff,
}

/// What causes an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// An act of a person or of the system.
    Act,
    /// Time: a deadline. It is recorded as an event of the system, even if a person's request detected it.
    Time,
}

/// Which part of a ticket an event touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touches {
    /// A text that the search index holds: the ticket is indexed again.
    SearchedText,
    /// An internal note only: version and time of the last change stay, since customers see both.
    Note,
    /// Anything else.
    Other,
}

/// Who is notified of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// The customer of the ticket.
    Customer,
    /// The assignee at the time of the event.
    Assignee,
    /// The assignee at the time of the event, if the customer did it.
    AssigneeIfCustomerActed,
    /// The assignee at the time of the event, if the customer did not do it: what a customer does has its own words.
    AssigneeUnlessCustomerActed,
    /// The agent to whom the event assigned the ticket.
    NewAssignee,
    /// The agents from whom the ticket was escalated.
    EscalatedFrom,
    /// The agents from whom the ticket was escalated, unless they were notified of its resolution.
    EscalatedFromUntold,
    /// The agents whom the note mentions.
    Mentioned,
    /// The agents of the department on the next level.
    NextLevel,
    /// All admins.
    Admins,
    /// The agents of the department who are on shift and not offline.
    OnDuty,
    /// All agents of the department.
    DepartmentStaff,
}

/// A job that follows from an event. The actions map each to a job of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUp {
    /// Plan the notifications of the event.
    PlanNotifications,
    /// Find an agent, if the ticket is unassigned at the end of the change.
    FindAgent,
    /// Find another ticket for the previous assignee, who has free capacity now.
    FillPrevious,
    /// Find another ticket for the assignee, whose limit this ticket no longer counts against.
    FillAssignee,
    /// As `FillAssignee`, if tickets that wait for their customer do not count against the limit.
    FillAssigneeWhileWaiting,
}

impl EventSpec {
    const fn new(name: &'static str, audience: HistoryAudience) -> Self {
        Self {
            name,
            audience,
            cause: Cause::Act,
            touches: Touches::Other,
            live: LiveEvent::TicketUpdated,
            notifies: &[],
            follow_ups: &[],
        }
    }

    /// An act that everybody may see, with no notifications and no jobs.
    pub(super) const fn public(name: &'static str) -> Self {
        Self::new(name, HistoryAudience::Everybody)
    }

    /// An act that only staff may see.
    pub(super) const fn internal(name: &'static str) -> Self {
        Self::new(name, HistoryAudience::Staff)
    }

    /// An act on an internal note.
    pub(super) const fn note(name: &'static str) -> Self {
        let mut row = Self::internal(name);
        row.touches = Touches::Note;
        row
    }

    /// An event of a clock.
    pub(super) const fn deadline(name: &'static str) -> Self {
        let mut row = Self::internal(name);
        row.cause = Cause::Time;
        row
    }

    /// With a text that the search index holds.
    pub(super) const fn searched(mut self) -> Self {
        self.touches = Touches::SearchedText;
        self
    }

    /// Told under this name, and not as an update.
    pub(super) const fn told_as(mut self, live: LiveEvent) -> Self {
        self.live = live;
        self
    }

    /// With these notifications.
    pub(super) const fn notifies(mut self, rows: &'static [(Recipient, Template)]) -> Self {
        self.notifies = rows;
        self
    }

    /// With these jobs.
    pub(super) const fn then(mut self, follow_ups: &'static [FollowUp]) -> Self {
        self.follow_ups = follow_ups;
        self
    }
}
