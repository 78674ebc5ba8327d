//! `GET /support/tickets`: a requester's own; an agent's, the unassigned ones and those whose notes mention the agent; an admin's all.

use crate::{
    auth::SignedIn,
    error::Problem,
    openapi::{Access, Operation, Resource},
    query::Query,
    respond::Answer,
    state::ApiState,
    views::{
        page::Pagination,
        ticket::{self, ListedTicket},
    },
};
use actions::tickets::read;
use axum::extract::State;
use domain::{
    ids::UserId,
    reader::QueryReader,
    tickets::{
        access::Scope,
        list::{Filter, Paging, Start},
    },
};

/// Lists tickets.
///
/// # Errors
/// Values of the query that cannot be read.
pub async fn list(
    SignedIn { actor, .. }: SignedIn,
    State(api): State<ApiState>,
    query: Query,
) -> Result<Answer, Problem> {
    let (filter, paging) = query.read(|query| self::query(query, actor.id))?;
    let now = api.cx.clock.now();
    let mut db = api.cx.snapshot().await?;
    let found =
        actions::tickets::list::page(&mut db, Scope::of(&actor), &filter, &paging, now).await?;
    let pagination = match paging.start {
        Start::Page(page) => Pagination::new(page, paging.limit, found.total),
        Start::After(_) => Pagination::after_cursor(paging.limit, found.total),
    };
    let next = found.next.map(|next| next.cursor(filter.order));
    let pagination = pagination.counted(found.total_is_exact).followed_by(next);
    let showing = read::show(&mut db, found.tickets).await?;
    // Quoting may take a while, and needs no connection.
    drop(db);
    let highlights = match filter.search.zip(found.quotable) {
        Some((search, texts)) => Some(api.highlighter.highlights(search, texts).await?),
        None => None,
    };
    let reader = read::reader(&actor);
    let tickets: Vec<_> = showing
        .tickets
        .iter()
        .map(|one| ListedTicket {
            ticket: ticket::ticket(one, &showing.people, reader, now),
            highlight: highlights.as_ref().map(|all| {
                all.get(&one.ticket.id)
                    .map_or_else(Vec::new, |found| ticket::highlight(found))
            }),
        })
        .collect();
    Ok(Answer::of("tickets", tickets).with("pagination", pagination))
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn query(query: &mut QueryReader, me: UserId) -> Option<(Filter, Paging)> {
    Some(Filter::read(query, me))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listTickets", Access::SignedIn, "List tickets")
        .about("A requester's own; an agent's, the unassigned ones and those with a note that mentions the agent; an admin's all. Values separated by commas are alternatives. \
            `assignedTo` is `me`, `none` or an id. `sort` takes `-` for descending. `q` finds tickets that have all of its words in number, subject, tags, description or \
            messages: `word`, `\"a phrase\"`, `begin*`, `-without`, `-\"without this\"`, whatever their case and accents. With `q`, what fits \
            best comes first, and `highlight` quotes where it stands. `nextCursor` continues the list at the same \
            cost however deep.")
        .query(|query| self::query(query, UserId(uuid::Uuid::nil())))
        .answers::<Vec<ListedTicket>>("tickets")
        .answers::<Pagination>("pagination")
        .leads_to("tickets/0/id", Resource::Ticket)
}
