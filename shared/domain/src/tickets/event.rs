//! What happens to tickets, in the past tense: the history, and what jobs and mails follow from. Pure.

use crate::{
    ids::{EventId, MessageId, TicketId, UserId},
    people::{Department, Role},
    sla::Metric,
    text_enum,
    tickets::{Category, Priority, Status},
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
    pub by: EventActor,
    /// What happened.
    pub what: TicketEventKind,
}

/// An entry before it is kept: what happened, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingEvent {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: Attribution,
    /// What happened.
    pub what: TicketEventKind,
}

/// Who did something, before the entry is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// The actor of the unit of work.
    Actor,
    /// The system, by rule: whoever the actor is.
    System,
    /// This person, in the role held now: whoever the actor is.
    Person(UserId, Role),
}

text_enum! {
    /// A reference of a ticket to something of the platform.
    pub enum Related {
        /// A booking.
        Booking = "booking",
        /// A transaction.
        Transaction = "transaction",
        /// A conversation.
        Conversation = "conversation",
    }
}

/// Who did something, as the history keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventActor {
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
pub enum TicketEventKind {
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
    /// Its subject changed.
    SubjectChanged {
        /// What it was.
        from: String,
        /// What it is.
        to: String,
    },
    /// Its description changed. Both texts are kept in full: an earlier one stands nowhere else.
    DescriptionChanged {
        /// What it was.
        from: String,
        /// What it is.
        to: String,
    },
    /// Its category changed.
    CategoryChanged {
        /// What it was.
        from: Category,
        /// What it is.
        to: Category,
    },
    /// Its department changed.
    DepartmentChanged {
        /// What it was.
        from: Department,
        /// What it is.
        to: Department,
    },
    /// Its language changed.
    LanguageChanged {
        /// What it was.
        from: String,
        /// What it is.
        to: String,
    },
    /// Its tags changed.
    TagsChanged {
        /// All that it had.
        from: Vec<String>,
        /// All that it has.
        to: Vec<String>,
    },
    /// A reference to something of the platform changed.
    RelatedChanged {
        /// Which reference.
        reference: Related,
        /// What it was.
        from: Option<String>,
        /// What it is.
        to: Option<String>,
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

/// What holds for every event of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    /// The tag under which it is stored and shown.
    name: &'static str,
    /// Who may see it in the history.
    audience: Audience,
    /// Whose act it is.
    cause: Cause,
}

/// Who may see an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// The customer as well.
    Everybody,
    /// Staff alone: notes, deadlines and escalations.
    Staff,
}

/// Whose act an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// That of the actor.
    Act,
    /// Nobody's: a deadline comes near or passes by itself, whoever's request brought it to light.
    Time,
}

impl Kind {
    const fn public(name: &'static str) -> Self {
        Self {
            name,
            audience: Audience::Everybody,
            cause: Cause::Act,
        }
    }

    const fn internal(name: &'static str) -> Self {
        Self {
            name,
            audience: Audience::Staff,
            cause: Cause::Act,
        }
    }

    const fn deadline(name: &'static str) -> Self {
        Self {
            name,
            audience: Audience::Staff,
            cause: Cause::Time,
        }
    }
}

impl TicketEventKind {
    /// The table of kinds: a row for each.
    const fn kind(&self) -> Kind {
        match self {
            Self::Created => Kind::public("created"),
            Self::Assigned { .. } => Kind::public("assigned"),
            Self::Unassigned { .. } => Kind::public("unassigned"),
            Self::StatusChanged { .. } => Kind::public("status_changed"),
            Self::PriorityChanged { .. } => Kind::public("priority_changed"),
            Self::SubjectChanged { .. } => Kind::public("subject_changed"),
            Self::DescriptionChanged { .. } => Kind::public("description_changed"),
            Self::CategoryChanged { .. } => Kind::public("category_changed"),
            Self::DepartmentChanged { .. } => Kind::public("department_changed"),
            Self::LanguageChanged { .. } => Kind::public("language_changed"),
            Self::TagsChanged { .. } => Kind::public("tags_changed"),
            Self::RelatedChanged { .. } => Kind::public("related_changed"),
            Self::MessageAdded { .. } => Kind::public("message_added"),
            Self::NoteAdded { .. } => Kind::internal("note_added"),
            Self::MessageRedacted {
                is_internal: true, ..
            } => Kind::internal("message_redacted"),
            Self::MessageRedacted { .. } => Kind::public("message_redacted"),
            Self::Escalated { .. } => Kind::internal("escalated"),
            Self::Resolved { .. } => Kind::public("resolved"),
            Self::Closed => Kind::public("closed"),
            Self::Reopened { .. } => Kind::public("reopened"),
            Self::Rated { .. } => Kind::public("rated"),
            Self::SlaAtRisk { .. } => Kind::deadline("sla_at_risk"),
            Self::SlaBreached { .. } => Kind::deadline("sla_breached"),
            Self::Reminded => Kind::public("reminded"),
        }
    }

    /// The tag under which it is stored and shown.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind().name
    }

    /// Whether it is nobody's act, whoever's request brought it to light: a deadline comes near or
    /// passes by itself.
    #[must_use]
    pub const fn is_by_itself(&self) -> bool {
        matches!(self.kind().cause, Cause::Time)
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

    /// Whether the customer may see it in the history.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        matches!(self.kind().audience, Audience::Everybody)
    }

    /// Whether a text that searches know has changed.
    #[must_use]
    pub const fn changes_words(&self) -> bool {
        matches!(
            self,
            Self::SubjectChanged { .. }
                | Self::DescriptionChanged { .. }
                | Self::TagsChanged { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_event_is_its_tag() {
        let text = || "text".to_owned();
        for what in [
            TicketEventKind::Created,
            TicketEventKind::SubjectChanged {
                from: text(),
                to: text(),
            },
            TicketEventKind::RelatedChanged {
                reference: Related::Booking,
                from: None,
                to: Some(text()),
            },
            TicketEventKind::TagsChanged {
                from: vec![text()],
                to: Vec::new(),
            },
            TicketEventKind::DepartmentChanged {
                from: Department::General,
                to: Department::Billing,
            },
            TicketEventKind::Reminded,
        ] {
            let kept = serde_json::to_value(&what).unwrap();
            assert_eq!(kept["type"], what.name());
            assert_eq!(
                serde_json::from_value::<TicketEventKind>(kept).unwrap(),
                what
            );
        }
    }
}
