//! What a ticket is. Pure.

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

/// A ticket, as its row has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// What people call it by.
    pub number: TicketNumber,
    /// Whose it is.
    pub customer_id: UserId,
    /// Who has it.
    pub assigned_to: Option<UserId>,
    /// Title.
    pub subject: String,
    /// What it is about, as sent.
    pub description: String,
    /// Kind of issue.
    pub category: Category,
    /// Urgency.
    pub priority: Priority,
    /// Where it stands.
    pub status: Status,
    /// The desk.
    pub department: Department,
    /// The customer's language.
    pub language: String,
    /// Labels.
    pub tags: Vec<String>,
    /// What came with the description.
    pub attachments: Json<Vec<Attachment>>,
    /// A booking of the platform, opaque.
    pub related_booking: Option<String>,
    /// A transaction of the platform, opaque.
    pub related_transaction: Option<String>,
    /// A conversation of the platform, opaque.
    pub related_conversation: Option<String>,
    /// The policy in force.
    pub policy: Json<Policy>,
    /// How often it was lifted.
    pub escalation_level: i32,
    /// How it was resolved, while it is.
    pub resolution: Option<Json<Resolution>>,
    /// Who held it when it was last resolved.
    pub resolved_for: Option<UserId>,
    /// The last stars it got, 1 to 5.
    pub rating: Option<i16>,
    /// What the customer said with them.
    pub rating_feedback: Option<String>,
    /// When it was rated.
    pub rated_at: Option<DateTime<Utc>>,
    /// Who held it at the resolution that was rated: whom the rating counts for.
    pub rated_for: Option<UserId>,
    /// How often it had been taken up again by then.
    pub rated_cycle: Option<i32>,
    /// How often it was taken up again.
    pub reopened_count: i32,
    /// Since when the customer has been asked.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When the customer was reminded of it.
    pub reminded_at: Option<DateTime<Utc>>,
    /// Who handed it back last: automation looks for somebody else.
    pub handed_back_by: Option<UserId>,
    /// Goes up by one with every change.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When the present agent got it.
    pub assigned_at: Option<DateTime<Utc>>,
    /// The first public message by staff, or the resolution if there was none.
    pub first_response_at: Option<DateTime<Utc>>,
    /// When it was resolved, while it is.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When it was closed, while it is.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Ticket {
    /// Whether the last resolution has been rated, and not only one before it.
    #[must_use]
    pub fn is_rated(&self) -> bool {
        let of_last = self
            .rated_cycle
            .is_none_or(|cycle| cycle == self.reopened_count);
        self.rating.is_some() && of_last
    }
}

text_enum! {
    /// How an issue ended.
    pub enum ResolutionType {
        /// Completely resolved.
        Solved = "solved",
        /// There is a way round it.
        Workaround = "workaround",
        /// It is another ticket's issue.
        Duplicate = "duplicate",
        /// It could not be seen again.
        CannotReproduce = "cannot_reproduce",
        /// It is meant to be so.
        WontFix = "wont_fix",
        /// Otherwise.
        Other = "other",
    }
}

/// How a ticket was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
    /// For everybody; absent where the ticket was resolved by its status alone.
    pub summary: Option<String>,
    /// How it ended; absent likewise.
    pub resolution_type: Option<ResolutionType>,
    /// For staff.
    pub resolution_notes: Option<String>,
    /// The other ticket.
    pub duplicate_of: Option<TicketId>,
    /// Whether the other ticket is the same customer's, who may know of it then.
    #[serde(default)]
    pub duplicate_is_theirs: bool,
    /// Who; nobody where the system did.
    pub resolved_by: Option<UserId>,
    /// When.
    pub resolved_at: DateTime<Utc>,
}

text_enum! {
    /// In which capacity a message was sent.
    pub enum SenderType {
        /// By a requester.
        Customer = "customer",
        /// By an agent.
        Support = "support",
        /// By an admin.
        Admin = "admin",
        /// By the system.
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
    /// The customer as well.
    Public,
    /// Staff alone: an internal note.
    Internal,
}

/// A message or an internal note.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// Who wrote it; nobody: the system.
    pub sender_id: Option<UserId>,
    /// In which capacity.
    pub sender_type: SenderType,
    /// As sent; empty where files came alone, and once it was redacted.
    pub body: String,
    /// What came with it.
    pub attachments: Json<Vec<Attachment>>,
    /// Whether it is an internal note.
    pub is_internal: bool,
    /// When.
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
