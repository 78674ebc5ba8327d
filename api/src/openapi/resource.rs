//! The resources that path parameters name.

use domain::tickets::TICKET_KEY;
use serde_json::{Value, json};

/// A kind of resource that a path parameter names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A ticket, by its id or number.
    Ticket,
    /// A message of the ticket that the path names before it, by its id.
    Message,
    /// The account of a person, by its id.
    Person,
    /// An upload, by its id.
    Attachment,
    /// A job, by its number.
    Job,
    /// A queue, by its name.
    Queue,
    /// A device of the caller for push messages, by the id of its subscription.
    PushSubscription,
    /// An outgoing webhook, by its id.
    Webhook,
    /// A delivery of the webhook that the path names before it, by its id.
    WebhookDelivery,
    /// A notification in the app, by its id.
    Notification,
    /// The page of a link in a mail, by the token in the link.
    Link,
}

impl Resource {
    /// The noun in the refusal of an unknown resource.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::Person => "user",
            Self::Attachment => "attachment",
            Self::Job => "job",
            Self::Queue => "queue",
            Self::PushSubscription => "subscription",
            Self::Webhook => "webhook",
            Self::WebhookDelivery => "delivery",
            Self::Notification => "notification",
            Self::Link => "link",
        }
    }

    /// The description of its key, for field errors.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ticket => "the id or the number of a ticket",
            Self::Message => "the id of a message",
            Self::Person => "the id of a person",
            Self::Attachment => "the id of an attachment",
            Self::Job => "the number of a job",
            Self::Queue => "the name of a queue",
            Self::PushSubscription => "the id of a subscription",
            Self::Webhook => "the id of a webhook",
            Self::WebhookDelivery => "the id of a delivery",
            Self::Notification => "the id of a notification",
            Self::Link => "the token of a link",
        }
    }

    /// The path parameter: its name among the parameters that operations share, its description and its schema.
    pub(super) fn parameter(self) -> (&'static str, &'static str, Value) {
        let id = || json!({"type": "string", "format": "uuid"});
        match self {
            Self::Ticket => (
                "TicketId",
                "The id or the number of a ticket.",
                json!({"type": "string", "pattern": TICKET_KEY}),
            ),
            Self::Message => ("MessageId", "The id of a message of the ticket.", id()),
            Self::Person => ("UserId", "The id of a person.", id()),
            Self::Attachment => ("AttachmentId", "The id of an attachment.", id()),
            Self::Notification => ("NotificationId", "The id of a notification.", id()),
            Self::Job => (
                "JobId",
                "The number of a job.",
                json!({"type": "integer", "format": "int64", "minimum": 1}),
            ),
            Self::Queue => (
                "QueueName",
                "The name of a queue.",
                json!({"$ref": "#/components/schemas/QueueName"}),
            ),
            Self::PushSubscription => (
                "PushSubscriptionId",
                "The id of a subscription of the caller.",
                id(),
            ),
            Self::Webhook => ("WebhookId", "The id of a webhook.", id()),
            Self::WebhookDelivery => (
                "WebhookDeliveryId",
                "The id of a delivery of the webhook.",
                id(),
            ),
            Self::Link => (
                "LinkToken",
                "The token of the link.",
                json!({"type": "string"}),
            ),
        }
    }

    /// The error codes of a path that names no such resource.
    pub(super) const fn failures(self) -> &'static [(u16, &'static str)] {
        match self {
            Self::Ticket
            | Self::Message
            | Self::Person
            | Self::Attachment
            | Self::Notification
            | Self::Job
            | Self::PushSubscription
            | Self::Webhook
            | Self::WebhookDelivery => &[(400, "invalid_query"), (404, "not_found")],
            Self::Queue => &[(400, "invalid_query")],
            Self::Link => &[],
        }
    }
}
