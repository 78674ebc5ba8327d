//! The kinds of ticket events, and for each its row: name, visibility, cause, notifications and follow-up jobs. Pure.
//!
//! A new event is a variant here with a row in [`TicketEventKind::spec`], and the method of
//! [`TicketChange`](crate::tickets::TicketChange) that records it.

mod about;
mod entry;
mod finding;
mod spec;

pub use entry::{Attribution, EventActor, PendingEvent, Related, TicketEvent};
pub use spec::{Cause, EventSpec, FollowUp, HistoryAudience, Recipient, Touches};

use crate::{
    ids::{MessageId, UserId},
    live_event::LiveEvent,
    people::Department,
    sla::Metric,
    template::Template,
    tickets::{Category, Priority, Status},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happened to a ticket, with its details.
///
/// The JSON of a kind is stored: its tag and its fields are never renamed, and a new field has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum TicketEventKind {
    /// The ticket was created.
    Created,
    /// The ticket was assigned to an agent.
    Assigned {
        /// The id of the previous assignee. It is null if the ticket was unassigned.
        from: Option<UserId>,
        /// The id of the new assignee.
        to: UserId,
        /// Why the system chose this agent. It is null if a person chose, and absent for requesters.
        reason: Option<String>,
    },
    /// The ticket was unassigned.
    Unassigned {
        /// The id of the previous assignee.
        from: UserId,
    },
    /// The status changed.
    StatusChanged {
        /// The previous value.
        from: Status,
        /// The new value.
        to: Status,
    },
    /// The priority changed.
    PriorityChanged {
        /// The previous value.
        from: Priority,
        /// The new value.
        to: Priority,
    },
    /// The subject changed.
    SubjectChanged {
        /// The previous value.
        from: String,
        /// The new value.
        to: String,
    },
    /// The description changed. Both texts are kept in full: the previous one is stored nowhere else.
    DescriptionChanged {
        /// The previous value.
        from: String,
        /// The new value.
        to: String,
    },
    /// The category changed.
    CategoryChanged {
        /// The previous value.
        from: Category,
        /// The new value.
        to: Category,
    },
    /// The department changed.
    DepartmentChanged {
        /// The previous value.
        from: Department,
        /// The new value.
        to: Department,
    },
    /// The language changed.
    LanguageChanged {
        /// The previous value.
        from: String,
        /// The new value.
        to: String,
    },
    /// The tags changed.
    TagsChanged {
        /// All previous tags.
        from: Vec<String>,
        /// All new tags.
        to: Vec<String>,
    },
    /// A reference to an object of the platform changed.
    RelatedChanged {
        /// The reference that changed.
        reference: Related,
        /// The previous value. It may be null.
        from: Option<String>,
        /// The new value. It may be null.
        to: Option<String>,
    },
    /// A public message was added.
    MessageAdded {
        /// The id of the message.
        message: MessageId,
    },
    /// An internal note was added.
    NoteAdded {
        /// The id of the note.
        message: MessageId,
    },
    /// A message or a note was redacted: its text and its files were removed.
    MessageRedacted {
        /// The id of the message.
        message: MessageId,
        /// Whether it is a note.
        is_internal: bool,
        /// Why the text was removed. The field is absent for requesters.
        reason: String,
        /// The ids of the people whom the note mentioned, who may have lost sight of the ticket. Nobody is shown them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentioned: Vec<UserId>,
    },
    /// The ticket was escalated.
    Escalated {
        /// The level that the ticket was escalated to, from 1.
        #[schemars(range(min = 1))]
        level: i32,
        /// The id of the previous assignee. It is null if the ticket was unassigned.
        from: Option<UserId>,
        /// The id of the new assignee. It is null if nobody was free.
        to: Option<UserId>,
        /// Why the ticket was escalated.
        reason: String,
        /// Whether a rule escalated it, and not a person.
        automatic: bool,
    },
    /// The ticket was resolved.
    Resolved {
        /// Whether the ticket was closed directly, which resolves it too.
        by_closing: bool,
    },
    /// The ticket was closed.
    Closed,
    /// The ticket was reopened.
    Reopened {
        /// Why the ticket was reopened.
        reason: String,
    },
    /// The customer rated the resolution.
    Rated {
        /// The number of stars, from 1 to 5.
        #[schemars(range(min = 1, max = 5))]
        rating: i16,
    },
    /// A clock passed a warning threshold.
    SlaAtRisk {
        /// The time that the clock measures.
        metric: Metric,
        /// The cycle of the clock, from 1. Each reopening of the ticket begins another.
        #[schemars(range(min = 1))]
        cycle: i32,
        /// The threshold in percent of the target. It is null in old entries.
        #[schemars(range(min = 1, max = 99))]
        #[serde(default)]
        percent: Option<i16>,
        /// The deadline.
        #[serde(with = "crate::time_format")]
        #[schemars(with = "crate::time_format::Instant")]
        due_at: DateTime<Utc>,
        /// Whether it was detected only after the clock had stopped.
        #[serde(rename = "late")]
        detected_after_stop: bool,
    },
    /// A clock passed its deadline.
    SlaBreached {
        /// The time that the clock measures.
        metric: Metric,
        /// The cycle of the clock, from 1. Each reopening of the ticket begins another.
        #[schemars(range(min = 1))]
        cycle: i32,
        /// Whether it was detected only after the clock had stopped.
        #[serde(rename = "late")]
        detected_after_stop: bool,
    },
    /// The customer was reminded that an answer is awaited.
    Reminded,
}

impl TicketEventKind {
    /// The reason of a reopening by a reply of the customer, for the history.
    pub const REOPENED_BY_REPLY: &'static str = "The customer replied.";

    /// The table of events: a row for each kind.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table has a row for each event")]
    pub const fn spec(&self) -> EventSpec {
        use FollowUp::{
            FillAssignee, FillAssigneeWhileWaiting, FillPrevious, FindAgent, PlanNotifications,
        };
        use Recipient as To;
        use Template as T;
        match self {
            // The confirmation is the only notification of a person's own act.
            Self::Created => EventSpec::public("created")
                .told_as(LiveEvent::TicketCreated)
                .notifies(&[(To::Customer, T::TicketReceived)])
                .then(&[FindAgent, PlanNotifications]),
            Self::Assigned { .. } => EventSpec::public("assigned")
                .notifies(&[
                    (To::Customer, T::TicketAssigned),
                    (To::NewAssignee, T::WorkAssigned),
                ])
                .then(&[PlanNotifications, FillPrevious]),
            Self::Unassigned { .. } => EventSpec::public("unassigned").then(&[FillPrevious]),
            Self::StatusChanged { to, .. } => {
                let row = EventSpec::public("status_changed");
                let told = row.notifies(&[
                    (To::Customer, T::StatusChanged),
                    (To::AssigneeUnlessCustomerActed, T::WorkStatusChanged),
                ]);
                match to {
                    Status::Open => told.then(&[FindAgent, PlanNotifications]),
                    Status::InProgress | Status::WaitingInternal => told.then(&[PlanNotifications]),
                    Status::WaitingCustomer => row
                        .notifies(&[
                            (To::Customer, T::AnswerAwaited),
                            (To::AssigneeUnlessCustomerActed, T::WorkStatusChanged),
                        ])
                        .then(&[PlanNotifications, FillAssigneeWhileWaiting]),
                    // Other events record these changes.
                    Status::Assigned
                    | Status::Escalated
                    | Status::Reopened
                    | Status::Resolved
                    | Status::Closed => row,
                }
            }
            Self::PriorityChanged { .. } => EventSpec::public("priority_changed"),
            Self::SubjectChanged { .. } => EventSpec::public("subject_changed").searched(),
            Self::DescriptionChanged { .. } => EventSpec::public("description_changed").searched(),
            Self::CategoryChanged { .. } => EventSpec::public("category_changed"),
            // Agents of the new department may take the ticket.
            Self::DepartmentChanged { .. } => {
                EventSpec::public("department_changed").then(&[FindAgent])
            }
            Self::LanguageChanged { .. } => EventSpec::public("language_changed"),
            Self::TagsChanged { .. } => EventSpec::public("tags_changed").searched(),
            Self::RelatedChanged { .. } => EventSpec::public("related_changed"),
            Self::MessageAdded { .. } => EventSpec::public("message_added")
                .told_as(LiveEvent::TicketMessage)
                .notifies(&[
                    (To::Customer, T::StaffReplied),
                    (To::AssigneeIfCustomerActed, T::CustomerReplied),
                ])
                .then(&[PlanNotifications]),
            Self::NoteAdded { .. } => EventSpec::note("note_added")
                .told_as(LiveEvent::TicketMessage)
                .notifies(&[(To::Mentioned, T::Mentioned), (To::Assignee, T::NoteAdded)])
                .then(&[PlanNotifications]),
            Self::MessageRedacted {
                is_internal: true, ..
            } => EventSpec::note("message_redacted"),
            Self::MessageRedacted { .. } => EventSpec::public("message_redacted"),
            Self::Escalated { to, .. } => {
                let row = EventSpec::internal("escalated");
                let row = row.then(&[PlanNotifications, FillPrevious]);
                match to {
                    Some(_) => row.notifies(&[(To::NewAssignee, T::EscalatedToYou)]),
                    None => row.notifies(&[(To::Admins, T::EscalatedToNobody)]),
                }
            }
            Self::Resolved { by_closing } => {
                let row = EventSpec::public("resolved").then(&[PlanNotifications, FillAssignee]);
                if *by_closing {
                    row
                } else {
                    row.notifies(&[
                        (To::Customer, T::TicketResolved),
                        (To::EscalatedFrom, T::EscalationResolved),
                        (To::Assignee, T::WorkStatusChanged),
                    ])
                }
            }
            Self::Closed => EventSpec::public("closed")
                .notifies(&[
                    (To::Customer, T::TicketClosed),
                    (To::EscalatedFromUntold, T::EscalationResolved),
                    (To::Assignee, T::WorkStatusChanged),
                ])
                .then(&[PlanNotifications]),
            Self::Reopened { .. } => EventSpec::public("reopened")
                .notifies(&[(To::Assignee, T::WorkReopened)])
                .then(&[FindAgent, PlanNotifications]),
            Self::Rated { .. } => EventSpec::public("rated"),
            Self::SlaAtRisk {
                detected_after_stop,
                ..
            } => {
                let row = EventSpec::deadline("sla_at_risk").then(&[PlanNotifications]);
                // A warning after the clock has stopped helps nobody.
                if *detected_after_stop {
                    row
                } else {
                    row.notifies(&[(To::Assignee, T::SlaAtRisk)])
                }
            }
            Self::SlaBreached { .. } => EventSpec::deadline("sla_breached")
                .notifies(&[
                    (To::Assignee, T::SlaBreached),
                    (To::NextLevel, T::SlaBreached),
                    (To::Admins, T::SlaBreached),
                ])
                .then(&[PlanNotifications]),
            Self::Reminded => EventSpec::public("reminded")
                .notifies(&[(To::Customer, T::AnswerReminder)])
                .then(&[PlanNotifications]),
        }
    }

    /// The tag under which it is stored and shown.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.spec().name
    }

    /// Whether the customer may see it in the history.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.spec().audience, HistoryAudience::Everybody)
    }
}

#[cfg(test)]
mod tests;
