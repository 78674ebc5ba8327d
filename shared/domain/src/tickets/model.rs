//! Tickets, resolutions and messages. Pure.

use crate::{
    attachments::Attachment,
    ids::{MessageId, TicketId, UserId},
    json::Json,
    people::{Department, Role},
    sla::Policy,
    text_enum,
    tickets::{Category, Priority, Status, TicketNumber},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A ticket: one row of `tickets`.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// The number that people use.
    pub number: TicketNumber,
    /// The customer.
    pub customer_id: UserId,
    /// The assignee.
    pub assigned_to: Option<UserId>,
    /// Subject.
    pub subject: String,
    /// Description, as sent.
    pub description: String,
    /// Category.
    pub category: Category,
    /// Priority.
    pub priority: Priority,
    /// Status.
    pub status: Status,
    /// Department.
    pub department: Department,
    /// The customer's language (BCP 47).
    pub language: String,
    /// Tags.
    pub tags: Vec<String>,
    /// Files of the description.
    pub attachments: Json<Vec<Attachment>>,
    /// A booking of the platform, opaque.
    pub related_booking: Option<String>,
    /// A transaction of the platform, opaque.
    pub related_transaction: Option<String>,
    /// A conversation of the platform, opaque.
    pub related_conversation: Option<String>,
    /// The policy in force.
    pub policy: Json<Policy>,
    /// How often it was escalated; 0 at first.
    pub escalation_level: i32,
    /// The resolution, while the ticket is resolved or closed.
    pub resolution: Option<Json<Resolution>>,
    /// The assignee at the last resolution.
    pub resolved_for: Option<UserId>,
    /// The last rating, 1 to 5 stars.
    pub rating: Option<i16>,
    /// The customer's comment with the rating.
    pub rating_feedback: Option<String>,
    /// When it was rated.
    pub rated_at: Option<DateTime<Utc>>,
    /// The assignee at the rated resolution: the rating counts for this agent.
    pub rated_for: Option<UserId>,
    /// How often the ticket had been reopened when it was rated.
    pub rated_cycle: Option<i32>,
    /// How often it was reopened.
    pub reopened_count: i32,
    /// Since when it waits for the customer.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When the customer was reminded to answer.
    pub reminded_at: Option<DateTime<Utc>>,
    /// The agent who returned it to the queue last: automation does not assign it to them again.
    pub handed_back_by: Option<UserId>,
    /// Version: each change increments it by one.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was assigned to the present assignee.
    pub assigned_at: Option<DateTime<Utc>>,
    /// When staff wrote the first public message, or resolved the ticket without one.
    pub first_response_at: Option<DateTime<Utc>>,
    /// When it was resolved, while it is resolved or closed.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was closed, while it is closed.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Ticket {
    /// Whether the last resolution has been rated, and not only an earlier one.
    #[must_use]
    pub fn is_rated(&self) -> bool {
        let of_last = self
            .rated_cycle
            .is_none_or(|cycle| cycle == self.reopened_count);
        self.rating.is_some() && of_last
    }
}

text_enum! {
    /// The kind of resolution of a ticket.
    pub enum ResolutionType {
        /// The problem is solved.
        Solved = "solved",
        /// There is a workaround.
        Workaround = "workaround",
        /// Another ticket has the same problem.
        Duplicate = "duplicate",
        /// The problem could not be reproduced.
        CannotReproduce = "cannot_reproduce",
        /// The behaviour is intended.
        WontFix = "wont_fix",
        /// The ticket ended in another way.
        Other = "other",
    }
}

/// The resolution of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
    /// Summary, for everybody; absent if the ticket was resolved by its status.
    pub summary: Option<String>,
    /// Type; absent if the ticket was resolved by its status.
    pub resolution_type: Option<ResolutionType>,
    /// Notes, for staff only.
    pub resolution_notes: Option<String>,
    /// The original, if this ticket is a duplicate.
    pub duplicate_of: Option<TicketId>,
    /// Whether the original has the same customer, who may then know of it.
    #[serde(default)]
    pub duplicate_is_theirs: bool,
    /// Who resolved it; `None` for the system.
    pub resolved_by: Option<UserId>,
    /// When it was resolved.
    pub resolved_at: DateTime<Utc>,
}

text_enum! {
    /// The kind of sender of a message.
    pub enum SenderType {
        /// A requester sent it.
        Customer = "customer",
        /// An agent sent it.
        Support = "support",
        /// An admin sent it.
        Admin = "admin",
        /// The system sent it.
        System = "system",
    }
}

impl From<Role> for SenderType {
    fn from(role: Role) -> Self {
        match role {
            Role::Customer | Role::Technician | Role::Corporate => Self::Customer,
            Role::Support => Self::Support,
            Role::Admin => Self::Admin,
        }
    }
}

/// Who may read a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Staff and the customer.
    Public,
    /// Staff only: an internal note.
    Internal,
}

/// A message or an internal note.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// The sender; `None` for the system.
    pub sender_id: Option<UserId>,
    /// The capacity of the sender.
    pub sender_type: SenderType,
    /// Text as sent; empty for a message of files only, and after a redaction.
    pub body: String,
    /// Files of the message.
    pub attachments: Json<Vec<Attachment>>,
    /// Whether it is an internal note.
    pub is_internal: bool,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was redacted.
    pub redacted_at: Option<DateTime<Utc>>,
    /// Who redacted it.
    pub redacted_by: Option<UserId>,
}

impl Message {
    /// Who may read it.
    #[must_use]
    pub const fn visibility(&self) -> Visibility {
        if self.is_internal {
            Visibility::Internal
        } else {
            Visibility::Public
        }
    }
}
