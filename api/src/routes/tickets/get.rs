//! `GET /support/tickets/{id}`: a ticket with the beginning of its thread.

use crate::{
    auth::SignedIn,
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    respond::Answer,
    views::{
        thread as view,
        ticket::{self, TicketWithMessages},
    },
};
use actions::tickets::read;
use axum::extract::State;
use domain::paging::{Direction, PageRequest};
use platform::context::Context;

/// The most messages that come with a ticket; `/messages` pages through the rest.
const MESSAGES: i64 = 100;

/// Shows a ticket by id or number.
///
/// # Errors
/// There is none that the caller may see.
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
        messages: thread
            .entries
            .iter()
            .map(|message| view::message(message, &thread.people))
            .collect(),
    });
    Ok(super::with_etag(Answer::of("ticket", view), version))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "getTicket",
        Access::SignedIn,
        "Show a ticket with its thread",
    )
    .about(
        "By id or number. The first 100 messages come with it; `/messages` pages through the rest.",
    )
    .answers::<TicketWithMessages>("ticket")
}
