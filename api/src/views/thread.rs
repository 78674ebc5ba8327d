//! The messages of a ticket.

use super::people::{People, Sender, sender};
use crate::respond::Time;
use domain::{
    attachments::Attachment,
    ids::{MessageId, TicketId},
    tickets::{Message, SenderType},
};
use schemars::JsonSchema;
use serde::Serialize;

/// A message or an internal note of a ticket.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Message")]
pub struct MessageView<'a> {
    /// The id of the message.
    id: MessageId,
    /// The id of the ticket.
    ticket_id: TicketId,
    /// The person who sent the message. It is null for the system.
    sender: Option<Sender<'a>>,
    /// The kind of sender.
    sender_type: SenderType,
    /// The text of the message. It is empty if the message was redacted.
    message: &'a str,
    /// The files of the message.
    attachments: &'a [Attachment],
    /// Whether it is an internal note, which only agents and admins can read.
    is_internal: bool,
    /// When the message was sent.
    created_at: Time,
    /// When and by whom the text was removed. It is null for a message that was not redacted.
    redacted: Option<Redacted<'a>>,
}

/// When and by whom the text of a message was removed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Redaction")]
struct Redacted<'a> {
    /// When the message was redacted.
    at: Time,
    /// The person who redacted the message. It may be null.
    by: Option<Sender<'a>>,
}

/// A message, with the names of its sender and of the person who redacted it.
#[must_use]
pub fn message<'a>(message: &'a Message, people: &'a People) -> MessageView<'a> {
    let sender = |person| sender(person, people);
    MessageView {
        id: message.id,
        ticket_id: message.ticket_id,
        sender: message.sender_id.map(sender),
        sender_type: message.sender_type,
        message: &message.body,
        attachments: &message.attachments,
        is_internal: message.is_internal,
        created_at: Time(message.created_at),
        redacted: message.redacted_at.map(|at| Redacted {
            at: Time(at),
            by: message.redacted_by.map(sender),
        }),
    }
}
