//! `GET /support/tickets/{id}/messages`: the thread, oldest first.

use crate::{
    auth::SignedIn,
    error::Problem,
    extract::PathId,
    openapi::{Operation, Who},
    query::Query,
    respond::Answer,
    views::{page::Pagination, ticket},
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
    let found = super::find(&cx, &actor, &id).await?;
    let part = query.read(super::part)?;
    let thread = read::thread(
        &cx.pool,
        found.id,
        read::reader(&actor),
        super::offset(part),
    )
    .await?;
    let messages: Vec<_> = thread
        .entries
        .iter()
        .map(|message| ticket::message(message, &thread.people))
        .collect();
    Ok(Answer::of("messages", messages).with("pagination", super::pagination(part, thread.total)))
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "listMessages",
        Who::SignedIn,
        "Page through the thread of a ticket",
    )
    .about("Oldest first. Internal notes are for staff.")
    .query(super::part)
    .answers::<Vec<ticket::MessageView>>("messages")
    .answers::<Pagination>("pagination")
}
