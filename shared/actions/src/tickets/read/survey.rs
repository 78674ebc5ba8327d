//! The survey of a ticket.

use crate::{error::ActionError, tickets::store};
use domain::{
    ids::TicketId,
    tickets::{TicketKey, TicketNumber},
};
use sqlx::PgExecutor;

/// The survey that the link of a mail opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The ticket's number.
    pub number: TicketNumber,
    /// The customer's language.
    pub language: String,
    /// Whether there is something to answer.
    pub state: SurveyState,
}

/// Whether a survey can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyState {
    /// It can be answered.
    Open,
    /// It has been answered.
    Answered,
    /// The ticket has been reopened since.
    Over,
}

/// The survey for the resolution number `cycle` of a ticket (0 for the first). Reading changes nothing.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket; the database failed.
pub async fn survey(
    db: impl PgExecutor<'_>,
    ticket: TicketId,
    cycle: i32,
) -> Result<Survey, ActionError> {
    let found = store::find(db, &TicketKey::Id(ticket)).await?;
    let found = found.ok_or(ActionError::NotFound("survey"))?;
    let state = if found.reopened_count != cycle || found.status.is_active() {
        SurveyState::Over
    } else if found.is_rated() {
        SurveyState::Answered
    } else {
        SurveyState::Open
    };
    Ok(Survey {
        number: found.number,
        language: found.language,
        state,
    })
}
