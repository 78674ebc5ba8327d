//! `GET /support/tickets/{id}/messages`: lists the messages of a ticket, oldest or newest first.

use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    query::Query,
    respond::Answer,
    signed_in::SignedIn,
    views::{page::Pagination, thread as view},
};
use actions::tickets::read;
use axum::extract::State;
use domain::{
    paging::{Direction, PageRequest},
    reader::QueryReader,
};
use platform::context::Context;

/// Shows a page of the messages; internal notes are for staff.
///
/// # Errors
/// 400, 401, 404, 422.
pub async fn messages(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    query: Query,
) -> Result<Answer, Problem> {
    let mut db = cx.snapshot().await?;
    let found = super::find(&mut db, &actor, &id).await?;
    let (section, order) = query.read(self::query)?;
    let thread = read::thread(&mut db, found.id, read::reader(&actor), section, order).await?;
    drop(db);
    let (thread, pagination) = super::part(section, thread)?;
    let messages: Vec<_> = thread
        .entries
        .iter()
        .map(|message| view::message(message, &thread.people))
        .collect();
    Ok(Answer::of("messages", messages).with("pagination", pagination))
}

fn query(query: &mut QueryReader) -> Option<(PageRequest, Direction)> {
    query.mean(&[(
        "order",
        "The direction in which the messages are sorted. The default is `asc`, the oldest first.",
    )]);
    let section = PageRequest::read(query)?;
    let order = query.word("order").unwrap_or(Direction::Ascending);
    Some((section, order))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "listMessages",
        Access::SignedIn,
        "List the messages of a ticket",
    )
    .description(
            "The oldest messages come first, or the newest with `order=desc`. Internal notes are for staff. `nextCursor` \
             continues the list in the requested order. A redacted message has an empty `message` and no `attachments`, and \
             `redacted` has the person and the time of the redaction.",
        )
    .query(query)
    .answers::<Vec<view::MessageView>>("messages")
    .answers::<Pagination>("pagination")
}
