//! Messages and internal notes, and how a new one is read from a request. Pure.

use crate::{
    actor::Actor,
    attachments::{Attachment, NewAttachment},
    ids::{MessageId, TicketId, UserId},
    json::Json,
    people::Role,
    reader::ObjectReader,
    text_enum,
};
use chrono::{DateTime, Utc};

/// Characters of a message.
const BODY: usize = 20_000;

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
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
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
    /// A public message of `sender`, without text and files.
    #[must_use]
    pub fn by(sender: &Actor, id: MessageId, ticket_id: TicketId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            ticket_id,
            sender_id: Some(sender.id),
            sender_type: sender.role.into(),
            body: String::new(),
            attachments: Json(Vec::new()),
            is_internal: false,
            created_at: now,
            redacted_at: None,
            redacted_by: None,
        }
    }
}

/// A message to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Text; may be empty where there are files.
    pub body: String,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Internal notes are for staff.
    pub visibility: Visibility,
}

impl NewMessage {
    /// The visibility that a message asks for. The message itself stays to be read, so that whether the
    /// sender may write it is known before its errors.
    #[must_use]
    pub fn visibility(reader: &ObjectReader) -> Visibility {
        if reader.is_true("isInternal") {
            Visibility::Internal
        } else {
            Visibility::Public
        }
    }

    /// Reads a message; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.named(
            "MessageCreate",
            "A message or an internal note to be added to a ticket.",
        );
        reader.mean(&[
            ("message", "The text of the message. It may be empty or absent if there is an attachment."),
            ("attachments", "Files that belong to the message: links to files elsewhere, or files that you have uploaded \
                             before."),
            ("isInternal", "Whether the message is an internal note, which only agents and admins can read. Notes are for \
                            agents and admins. The default is false."),
        ]);
        reader.checks_last();
        let visibility = Self::visibility(reader);
        let body = Self::body(reader);
        let attachments = NewAttachment::read_list(reader);
        reader.flag("isInternal");
        Some(Self {
            body: body?,
            attachments,
            visibility,
        })
    }

    /// The text. It may be absent where there are attachments, also where these have errors.
    fn body(reader: &mut ObjectReader) -> Option<String> {
        let field = "message";
        if !reader.has_entries("attachments") {
            return reader.required(field, 1..=BODY);
        }
        let text = reader.text(field).unwrap_or_default();
        let errors = reader.errors();
        errors.text(field, &text, 0, BODY)
    }
}
