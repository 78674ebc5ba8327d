//! What the parameters of paths name.

use domain::{queue::Queue, tickets::TICKET_KEY};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

/// What a parameter of a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// A ticket, by its id or number.
    Ticket,
    /// A message of the ticket before it in the path, by its id.
    Message,
    /// Somebody's account, by its id.
    Person,
    /// An upload, by its id.
    Attachment,
    /// A job, by its number.
    Job,
    /// A queue, by its name.
    Queue,
    /// What a mail links to, by the token in the link.
    Link,
}

impl Resource {
    /// What is not found when there is none.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::Person => "user",
            Self::Attachment => "attachment",
            Self::Job => "job",
            Self::Queue => "queue",
            Self::Link => "link",
        }
    }

    /// What names it, in words.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ticket => "the id or the number of a ticket",
            Self::Message => "the id of a message",
            Self::Person => "the id of a person",
            Self::Attachment => "the id of an attachment",
            Self::Job => "the number of a job",
            Self::Queue => "the name of a queue",
            Self::Link => "the token of a link",
        }
    }

    /// The parameter, as the document has it: what it is, and its schema.
    pub(super) fn parameter(self) -> (&'static str, Value) {
        let id = || json!({"type": "string", "format": "uuid"});
        match self {
            Self::Ticket => (
                "An id, or a ticket's number.",
                json!({"type": "string", "pattern": TICKET_KEY}),
            ),
            Self::Message => ("The id of a message of the ticket.", id()),
            Self::Person | Self::Attachment => ("An id.", id()),
            Self::Job => (
                "The number of a job.",
                json!({"type": "integer", "format": "int64", "minimum": 1}),
            ),
            Self::Queue => (
                "A queue.",
                Queue::json_schema(&mut SchemaGenerator::default()).to_value(),
            ),
            Self::Link => ("As it stands in the link.", json!({"type": "string"})),
        }
    }

    /// With which words a call may fail whose path names none.
    pub(super) const fn failures(self) -> &'static [(u16, &'static str)] {
        match self {
            Self::Ticket | Self::Message | Self::Person | Self::Attachment | Self::Job => {
                &[(400, "invalid_query"), (404, "not_found")]
            }
            Self::Queue => &[(400, "invalid_query")],
            Self::Link => &[],
        }
    }
}
