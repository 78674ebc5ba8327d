//! `GET /support/tickets/{id}`: shows a ticket with its first messages.

use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::admit,
    views::{
        thread as view,
        ticket::{self, FirstMessages, TicketWithMessages},
    },
};
use actions::{error::ActionError, tickets::read};
use axum::extract::State;
use domain::actor::Caller;
use platform::context::Context;

/// The most messages in the response; `/messages` has the others.
const MESSAGES: i64 = 100;

/// Shows a ticket by id or number.
///
/// # Errors
/// 400, 401, 404.
pub async fn get(caller: Caller, State(cx): State<Context>, id: PathId) -> Result<Answer, Problem> {
    let opened = match super::key(&id) {
        Ok(key) => read::open(&cx.pool, caller, &key, MESSAGES).await?,
        Err(problem) => {
            admit(&cx.pool, caller).await?;
            return Err(problem);
        }
    };
    let Some(opened) = opened else {
        admit(&cx.pool, caller).await?;
        return Err(ActionError::NotFound("ticket").into());
    };
    let (reader, people) = (read::reader(&opened.actor), &opened.people);
    let messages = opened.messages.iter();
    let view = TicketWithMessages {
        ticket: ticket::ticket(&opened.shown, people, reader, cx.clock.now()),
        thread: FirstMessages {
            messages: messages
                .map(|message| view::message(message, people))
                .collect(),
        },
    };
    let version = opened.shown.ticket.version;
    Ok(super::with_etag(Answer::of("ticket", view), version))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "getTicket",
        Access::SignedIn,
        "Show a ticket with its first messages",
    )
    .description("The response has the first 100 messages. `/messages` lists all of them in pages.")
    .answers_ticket::<TicketWithMessages>()
}
