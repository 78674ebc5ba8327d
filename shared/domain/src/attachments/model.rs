//! Attachments and uploads. Pure.

use crate::ids::{AttachmentId, MessageId, TicketId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A file of a ticket or a message: a link to a file elsewhere, which this system never fetches, or an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// The address of the file. That of an upload is the path of its download, which needs a token.
    pub url: String,
    /// The name of the file.
    pub file_name: String,
    /// The media type of the file. It is null for a link.
    pub content_type: Option<String>,
    /// The size of the file in bytes. It is null for a link.
    #[schemars(range(min = 1))]
    pub size: Option<i64>,
}

/// A file that has arrived and may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// Without anything that is no part of a name.
    pub file_name: String,
    /// Found from the bytes.
    pub content_type: &'static str,
    /// Bytes.
    pub size: i64,
}

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Identity.
    pub id: AttachmentId,
    /// The uploader, who owns it until it is attached.
    pub uploader_id: UserId,
    /// The name to show.
    pub file_name: String,
    /// Found from the bytes.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// The instant of arrival.
    pub created_at: DateTime<Utc>,
    /// The ticket to which it is attached.
    pub ticket_id: Option<TicketId>,
    /// The message of the ticket, unless it came with the ticket itself.
    pub message_id: Option<MessageId>,
}

impl Upload {
    /// The path of its download. Without a host: a client that can read the ticket knows it.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/api/v1/support/attachments/{}", self.id)
    }

    /// The attachment, as it is stored with the ticket or message.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            url: self.path(),
            file_name: self.file_name.clone(),
            content_type: Some(self.content_type.clone()),
            size: Some(self.size),
        }
    }
}

/// The place to which an upload is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The ticket itself, as it is created.
    Ticket(TicketId),
    /// A message of a ticket.
    Message(TicketId, MessageId),
}

impl Place {
    /// The ticket to which the file is attached.
    #[must_use]
    pub const fn ticket(self) -> TicketId {
        match self {
            Self::Ticket(ticket) | Self::Message(ticket, _) => ticket,
        }
    }

    /// The message to which the file is attached; `None` for a file of the ticket itself.
    #[must_use]
    pub const fn message(self) -> Option<MessageId> {
        match self {
            Self::Ticket(_) => None,
            Self::Message(_, message) => Some(message),
        }
    }
}
