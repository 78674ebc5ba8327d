//! `GET /support/tickets/{id}/history`: lists the events of a ticket, oldest first.

use crate::{
    error::Problem,
    extract::PathId,
    openapi::{Access, Operation},
    query::Query,
    respond::Answer,
    signed_in::SignedIn,
    views::{history as view, page::Pagination},
};
use actions::tickets::read;
use axum::extract::State;
use domain::paging::PageRequest;
use platform::context::Context;

/// Shows a page of the history; requesters see its public entries.
///
/// # Errors
/// 400, 401, 404, 422.
pub async fn history(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    query: Query,
) -> Result<Answer, Problem> {
    let mut db = cx.snapshot().await?;
    let found = super::find(&mut db, &actor, &id).await?;
    let section = query.read(PageRequest::read)?;
    let reader = read::reader(&actor);
    let history = read::history(&mut db, found.id, reader, section).await?;
    drop(db);
    let (history, pagination) = super::part(section, history)?;
    let entries: Vec<_> = history
        .entries
        .iter()
        .map(|event| view::event(event, &history.people, reader))
        .collect();
    Ok(Answer::of("history", entries).with("pagination", pagination))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listHistory", Access::SignedIn, "List the history of a ticket")
        .description(
            "The entries come oldest first. `by` is null for changes by the system. Requesters see only public entries. \
             `nextCursor` continues the list.",
        )
        .query(PageRequest::read)
        .answers::<Vec<view::EventView>>("history")
        .answers::<Pagination>("pagination")
        .answer_named("HistoryList")
}
