//! `GET /support/tickets/{id}`: shows a ticket with its first messages.

use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    signed_in::SignedIn,
    views::{
        thread as view,
        ticket::{self, FirstMessages, TicketWithMessages},
    },
};
use actions::tickets::read;
use axum::extract::State;
use domain::paging::{Direction, PageRequest};
use platform::context::Context;

/// The most messages in the response; `/messages` has the others.
const MESSAGES: i64 = 100;

/// Shows a ticket by id or number.
///
/// # Errors
/// 400, 401, 404.
pub async fn get(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
) -> Result<Answer, Problem> {
    let mut db = cx.snapshot().await?;
    let found = super::find(&mut db, &actor, &id).await?;
    let (id, version, reader, now) = (
        found.id,
        found.version,
        read::reader(&actor),
        cx.clock.now(),
    );
    let showing = read::show(&mut db, vec![found]).await?;
    let first = PageRequest::first(MESSAGES);
    let thread = read::thread(&mut db, id, reader, first, Direction::Ascending).await?;
    drop(db);
    let (thread, _) = super::part(first, thread)?;
    let view = showing.tickets.first().map(|one| TicketWithMessages {
        ticket: ticket::ticket(one, &showing.people, reader, now),
        thread: FirstMessages {
            messages: thread
                .entries
                .iter()
                .map(|message| view::message(message, &thread.people))
                .collect(),
        },
    });
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
