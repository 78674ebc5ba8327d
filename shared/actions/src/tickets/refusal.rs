//! The texts of refused changes and refused access: the ticket's status and what it allows. They name operations,
//! never paths or methods of HTTP, since a job or another interface may show them. Pure.

use crate::error::ActionError;
use domain::tickets::{Status, TicketOperation, TicketRefusal, Transition, access};

impl From<TicketRefusal> for ActionError {
    fn from(refused: TicketRefusal) -> Self {
        match refused {
            TicketRefusal::Transition { present, wanted } => transition(present, wanted),
            TicketRefusal::PriorityStands { present } => ActionError::conflict(
                "illegal_transition",
                format!("The ticket is {present}: its priority cannot be changed."),
            )
            .with_instead(TicketOperation::Reopen),
            TicketRefusal::NothingToClose { present } => ActionError::conflict(
                "illegal_transition",
                format!("The ticket is {present}: you can close only active tickets."),
            )
            .with_instead(TicketOperation::Reopen),
            TicketRefusal::Closed => ActionError::conflict(
                "ticket_closed",
                "The ticket is closed. If the issue persists, reopen it.",
            )
            .with_instead(TicketOperation::Reopen),
            TicketRefusal::ReopenWindowOver { days, number } => ActionError::conflict(
                "reopen_window_over",
                format!(
                    "The ticket was closed more than {days} days ago. Please create a new one and mention {number}."
                ),
            ),
            TicketRefusal::Answered => ActionError::conflict(
                "answered_already",
                "The ticket has been answered: from then on only staff can change it. Write a message instead.",
            ),
            TicketRefusal::NotResolved { present } => ActionError::conflict(
                "not_resolved",
                format!("The ticket is {present}: it can be rated once it is resolved or closed."),
            ),
            TicketRefusal::RatedAlready => {
                ActionError::conflict("rated_already", "This resolution has been rated already.")
            }
            TicketRefusal::SurveyOver => ActionError::conflict(
                "survey_over",
                "The ticket has been reopened since this survey was sent.",
            ),
        }
    }
}

fn transition(present: Status, wanted: Transition) -> ActionError {
    let wanted = match wanted {
        Transition::Set(status) => format!("set to {status}"),
        Transition::Assign => "assigned".to_owned(),
        Transition::Escalate => "escalated".to_owned(),
        Transition::Close => "closed".to_owned(),
        Transition::Reopen => "reopened".to_owned(),
    };
    let settable = present.settable().iter().map(|status| status.as_str());
    let settable = settable.collect::<Vec<_>>().join(", ");
    let settable = if settable.is_empty() {
        "nothing"
    } else {
        settable.as_str()
    };
    let conflict = ActionError::conflict(
        "illegal_transition",
        format!(
            "The ticket is {present}: it cannot be {wanted}. Its status can be set to: {settable}."
        ),
    );
    if present.is_active() {
        conflict
    } else {
        conflict.with_instead(TicketOperation::Reopen)
    }
}

/// The error for a denied access. A ticket that the caller may not see reads like one that does not exist.
pub(crate) fn denied(why: access::Denied) -> ActionError {
    match why {
        access::Denied::Hidden => ActionError::NotFound("ticket"),
        access::Denied::Role => {
            ActionError::forbidden("role_not_allowed", "Your role may not do this.")
        }
        access::Denied::MentionedOnly => ActionError::forbidden(
            "mentioned_only",
            "A note mentions you on this ticket: you may read it and add internal notes. Its assignee or an admin \
             can do the rest or assign it to you.",
        ),
        access::Denied::NotTheSender => ActionError::forbidden(
            "not_your_message",
            "Somebody else wrote this message: its sender or an admin can redact it.",
        ),
    }
}
