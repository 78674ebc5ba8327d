//! `GET /support/tickets/{id}/messages`: the thread, oldest first.

use crate::{
    auth::SignedIn,
    error::Problem,
    extract::PathId,
    openapi::{Operation, Who},
    query::Query,
    respond::Answer,
    views::{
        page::{self, Pagination},
        thread as view,
    },
};
use axum::extract::State;
use shared::{context::Context, tickets::read};

/// Pages through the thread; internal notes are for staff.
///
/// # Errors
/// There is no such ticket that the caller may see; a page that cannot be read.
pub async fn messages(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    query: Query,
) -> Result<Answer, Problem> {
    let mut db = cx.snapshot().await?;
    let found = super::find(&mut db, &actor, &id).await?;
    let section = query.read(page::section)?;
    let thread = read::thread(&mut db, found.id, read::reader(&actor), section).await?;
    drop(db);
    let (thread, pagination) = super::part(section, thread)?;
    let messages: Vec<_> = thread
        .entries
        .iter()
        .map(|message| view::message(message, &thread.people))
        .collect();
    Ok(Answer::of("messages", messages).with("pagination", pagination))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "listMessages",
        Who::SignedIn,
        "Page through the thread of a ticket",
    )
    .about("Oldest first. Internal notes are for staff. `nextCursor` continues the thread.")
    .query(page::section)
    .answers::<Vec<view::MessageView>>("messages")
    .answers::<Pagination>("pagination")
}
