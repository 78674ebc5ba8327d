//! The resolution of a ticket, and how staff name it when they close one. Pure.

use crate::{
    field_error::Constraint,
    ids::{TicketId, UserId},
    reader::ObjectReader,
    text_enum,
    tickets::{TICKET_KEY, TicketKey},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Characters of a reason, of notes, of a summary and of feedback.
pub const NOTES: usize = 5_000;
/// The error text of `duplicateOf`: the same for text that is no key and for a key of no ticket.
pub const ANOTHER_TICKET: &str = "must be the id or number of another ticket that you can see";

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

/// The resolution that staff close a ticket with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Shown to the customer.
    pub summary: String,
    /// The kind of resolution.
    pub resolution_type: ResolutionType,
    /// For staff.
    pub resolution_notes: Option<String>,
    /// The ticket that this one repeats.
    pub duplicate_of: Option<TicketKey>,
}

impl Closing {
    /// Reads a closing by staff; `None` where a field has an error.
    pub fn read(reader: &mut ObjectReader) -> Option<Self> {
        reader.checks_last();
        reader.need("summary");
        reader.need("resolutionType");
        Self::read_optional(reader)
    }

    /// As [`Closing::read`], with no field required: for the description of a body whose required fields
    /// depend on the caller's role.
    pub fn read_optional(reader: &mut ObjectReader) -> Option<Self> {
        reader.named(
            "TicketClose",
            "How a ticket ended. Agents and admins send `summary` and `resolutionType`, which are required for them. \
             Requesters may send a `reason`, and nothing else.",
        );
        reader.mean(&[
            ("summary", "What the solution was, for the customer."),
            ("resolutionType", "The kind of resolution."),
            ("resolutionNotes", "What colleagues should know about the resolution. Customers cannot read it."),
            ("duplicateOf", "The id or the number of the ticket that this ticket repeats. It is allowed only with the \
                             type `duplicate`."),
            ("reason", "Why the requester no longer needs help."),
        ]);
        reader.checks_last();
        let summary = reader.optional("summary", 1..=NOTES);
        let resolution_type = reader.word("resolutionType");
        let resolution_notes = reader.optional("resolutionNotes", 1..=NOTES);
        let duplicate_of = original(reader, resolution_type);
        Some(Self {
            summary: summary?,
            resolution_type: resolution_type?,
            resolution_notes,
            duplicate_of,
        })
    }
}

/// The ticket that this one repeats. Only a duplicate names one.
fn original(
    reader: &mut ObjectReader,
    resolution_type: Option<ResolutionType>,
) -> Option<TicketKey> {
    let field = "duplicateOf";
    let named = reader.text(field);
    let errors = reader.errors();
    errors.ask(field, Constraint::pattern(TICKET_KEY));
    let named = named?;
    if resolution_type.is_some_and(|kind| kind != ResolutionType::Duplicate) {
        let message = "goes with the resolutionType duplicate alone";
        errors.add(field, "not_a_duplicate", message);
        return None;
    }
    let key = TicketKey::parse(&named);
    if key.is_none() {
        errors.add(field, "unknown_ticket", ANOTHER_TICKET);
    }
    key
}
