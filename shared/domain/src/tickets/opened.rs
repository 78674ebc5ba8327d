//! A ticket as it is when it is created. Pure.

use crate::{
    attachments::Attachment,
    ids::TicketId,
    json::Json,
    sla::Policy,
    tickets::{NewTicket, Status, Ticket, TicketNumber},
};
use chrono::{DateTime, Utc};

/// What a new ticket is made of, besides what was sent.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// The customer's language.
    pub language: String,
    /// What came with it, as it is kept.
    pub attachments: Vec<Attachment>,
    /// The policy that it gets.
    pub policy: Policy,
    /// When it is created.
    pub at: DateTime<Utc>,
}

impl Ticket {
    /// A ticket that has just been created: open, unassigned, at version 1.
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
