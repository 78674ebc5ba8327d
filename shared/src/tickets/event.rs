//! What happens to tickets, in the past tense: the history, and what jobs and mails follow from. Pure.

use crate::{
    ids::{EventId, MessageId, TicketId, UserId},
    people::Role,
    sla::Metric,
    tickets::{Priority, Status},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One entry of a ticket's history.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketEvent {
    /// Its id.
    pub id: EventId,
    /// The ticket.
    pub ticket: TicketId,
    /// When it happened. A breach happened when it was due, not when it was found.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: ChangedBy,
    /// What happened.
    pub what: Happened,
}

/// An entry before it is kept: what happened, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: Happened,
}

/// Who did something, as the history keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangedBy {
    /// A person, in the role held then.
    Person(UserId, Role),
    /// The system itself.
    System,
}

/// What happened. The tag is what the history calls it; fields may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Happened {
    /// The ticket was created.
    Created,
    /// It was given to an agent.
    Assigned {
        /// From whom it was taken.
        from: Option<UserId>,
        /// Who has it now.
        to: UserId,
        /// Why this agent, where the system chose.
        reason: Option<String>,
    },
    /// It was handed back to the queue.
    Unassigned {
        /// Who had it.
        from: UserId,
    },
    /// Its status changed.
    StatusChanged {
        /// What it was.
        from: Status,
        /// What it is.
        to: Status,
    },
    /// Its priority changed.
    PriorityChanged {
        /// What it was.
        from: Priority,
        /// What it is.
        to: Priority,
    },
    /// A public message was added.
    MessageAdded {
        /// The message.
        message: MessageId,
    },
    /// An internal note was added.
    NoteAdded {
        /// The note.
        message: MessageId,
    },
    /// The text and the files of a message or a note were taken out.
    MessageRedacted {
        /// The message.
        message: MessageId,
        /// Whether it is a note.
        is_internal: bool,
        /// Why; for staff alone.
        reason: String,
    },
    /// It was lifted to a higher level.
    Escalated {
        /// The level reached.
        level: i32,
        /// Who had it.
        from: Option<UserId>,
        /// Who has it now; nobody, when there was none to take it.
        to: Option<UserId>,
        /// Why.
        reason: String,
        /// Whether a rule did it rather than a person.
        automatic: bool,
    },
    /// It was resolved.
    Resolved {
        /// Whether by closing it directly: the closing is what people are told of then.
        by_closing: bool,
    },
    /// It was closed.
    Closed,
    /// It was taken up again.
    Reopened {
        /// Why.
        reason: String,
    },
    /// The customer rated it.
    Rated {
        /// Stars, 1 to 5.
        rating: i16,
    },
    /// A deadline came near.
    SlaAtRisk {
        /// Of which clock.
        metric: Metric,
        /// In which cycle of it.
        cycle: i32,
        /// After which share of the target; none in entries of before policies had several.
        #[serde(default)]
        percent: Option<i16>,
        /// When it is due.
        #[serde(with = "crate::time_format")]
        due_at: DateTime<Utc>,
        /// Whether it was found only after the clock had stopped.
        late: bool,
    },
    /// A deadline passed.
    SlaBreached {
        /// Of which clock.
        metric: Metric,
        /// In which cycle of it.
        cycle: i32,
        /// Whether it was found only after the clock had stopped.
        late: bool,
    },
    /// The customer was reminded that an answer is awaited.
    Reminded,
}

impl Happened {
    /// The tag under which it is stored and shown.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Assigned { .. } => "assigned",
            Self::Unassigned { .. } => "unassigned",
            Self::StatusChanged { .. } => "status_changed",
            Self::PriorityChanged { .. } => "priority_changed",
            Self::MessageAdded { .. } => "message_added",
            Self::NoteAdded { .. } => "note_added",
            Self::MessageRedacted { .. } => "message_redacted",
            Self::Escalated { .. } => "escalated",
            Self::Resolved { .. } => "resolved",
            Self::Closed => "closed",
            Self::Reopened { .. } => "reopened",
            Self::Rated { .. } => "rated",
            Self::SlaAtRisk { .. } => "sla_at_risk",
            Self::SlaBreached { .. } => "sla_breached",
            Self::Reminded => "reminded",
        }
    }

    /// Whether it is nobody's act, whoever's request brought it to light: a deadline comes near or
    /// passes by itself.
    #[must_use]
    pub const fn is_by_itself(&self) -> bool {
        match self {
            Self::SlaAtRisk { .. } | Self::SlaBreached { .. } => true,
            Self::Created
            | Self::Assigned { .. }
            | Self::Unassigned { .. }
            | Self::StatusChanged { .. }
            | Self::PriorityChanged { .. }
            | Self::MessageAdded { .. }
            | Self::NoteAdded { .. }
            | Self::MessageRedacted { .. }
            | Self::Escalated { .. }
            | Self::Resolved { .. }
            | Self::Closed
            | Self::Reopened { .. }
            | Self::Rated { .. }
            | Self::Reminded => false,
        }
    }

    /// Whether it concerns an internal note and nothing else of the ticket.
    #[must_use]
    pub const fn is_of_a_note(&self) -> bool {
        matches!(
            self,
            Self::NoteAdded { .. }
                | Self::MessageRedacted {
                    is_internal: true,
                    ..
                }
        )
    }

    /// Whether the customer may see it in the history. Notes, deadlines and the house's own
    /// ladder are not the customer's to see.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        match self {
            Self::Created
            | Self::Assigned { .. }
            | Self::Unassigned { .. }
            | Self::StatusChanged { .. }
            | Self::PriorityChanged { .. }
            | Self::MessageAdded { .. }
            | Self::Resolved { .. }
            | Self::Closed
            | Self::Reopened { .. }
            | Self::Rated { .. }
            | Self::Reminded => true,
            Self::MessageRedacted { is_internal, .. } => !*is_internal,
            Self::NoteAdded { .. }
            | Self::Escalated { .. }
            | Self::SlaAtRisk { .. }
            | Self::SlaBreached { .. } => false,
        }
    }
}
