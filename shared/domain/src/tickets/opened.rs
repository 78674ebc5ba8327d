//! The creation of a ticket from its input. Pure.

use crate::{
    attachments::Attachment,
    ids::TicketId,
    json::Json,
    sla::Policy,
    tickets::{NewTicket, Status, Ticket, TicketNumber},
};
use chrono::{DateTime, Utc};

/// The parts of a new ticket that are not input.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// The customer's language (BCP 47).
    pub language: String,
    /// Its files, as stored.
    pub attachments: Vec<Attachment>,
    /// Its policy.
    pub policy: Policy,
    /// When it is created.
    pub at: DateTime<Utc>,
}

impl Ticket {
    /// A new ticket: open, unassigned, at version 1.
    #[must_use]
    pub fn opened(new: NewTicket, opening: Opening) -> Self {
        Self {
            id: opening.id,
            number: opening.number,
            customer_id: new.customer,
            assigned_to: None,
            subject: new.subject,
            description: new.description,
            category: new.category,
            priority: new.priority,
            status: Status::Open,
            department: new.category.department(),
            language: opening.language,
            tags: new.tags,
            attachments: Json(opening.attachments),
            related_booking: new.related_booking,
            related_transaction: new.related_transaction,
            related_conversation: new.related_conversation,
            policy: Json(opening.policy),
            escalation_level: 0,
            resolution: None,
            resolved_for: None,
            rating: None,
            rating_feedback: None,
            rated_at: None,
            rated_for: None,
            rated_cycle: None,
            reopened_count: 0,
            waiting_since: None,
            reminded_at: None,
            handed_back_by: None,
            version: 1,
            created_at: opening.at,
            updated_at: opening.at,
            assigned_at: None,
            first_response_at: None,
            resolved_at: None,
            closed_at: None,
        }
    }
}
