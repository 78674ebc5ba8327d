//! The words for a refused change of a ticket: where the ticket stands and what it allows. They name operations, never
//! paths or verbs of HTTP. Pure.

use crate::error::ActionError;
use domain::tickets::{Status, TicketOperation, TicketRefusal, Transition};

impl From<TicketRefusal> for ActionError {
    fn from(refused: TicketRefusal) -> Self {
        match refused {
            TicketRefusal::Transition { present, wanted } => transition(present, wanted),
            TicketRefusal::PriorityStands { present } => ActionError::conflict(
                "illegal_transition",
                format!("The ticket is {present}: its priority stands."),
            )
            .with_instead(TicketOperation::Reopen),
            TicketRefusal::NothingToClose { present } => ActionError::conflict(
                "illegal_transition",
                format!("The ticket is {present}: you close active tickets alone."),
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
                "The ticket has been answered: from then on staff alone change it. Write a message instead.",
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
                "The ticket has been taken up again since this survey was sent.",
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
