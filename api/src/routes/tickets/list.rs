//! `GET /support/tickets`: lists the tickets that the caller may see.

use crate::{
    error::Problem,
    openapi::{Access, Operation, Resource},
    query::Query,
    respond::Answer,
    signed_in::SignedIn,
    state::ApiState,
    views::{
        page::Pagination,
        ticket::{self, ListedTicket, SearchMatches},
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

/// Lists tickets: for a requester the own ones; for an agent those assigned to the agent, unassigned ones and
/// those whose notes mention the agent; for an admin all.
///
/// # Errors
/// 400, 401, 422.
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
    let showing = found.showing;
    // Quoting may take a while, and needs no database connection.
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
            found: SearchMatches {
                highlight: highlights.as_ref().map(|all| {
                    all.get(&one.ticket.id)
                        .map_or_else(Vec::new, |found| ticket::highlight(found))
                }),
            },
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
        .description(
            "Requesters see their own tickets. Agents see the tickets that are assigned to them, unassigned tickets, and \
             tickets with a note that mentions them. Admins see all tickets. Several values of a filter are separated by \
             commas. `assignedTo` is `me`, `none` or an id, or several of them. `-` before the value of `sort` means descending. `q` finds \
             tickets with all of its words in number, subject, tags, description or messages: `word`, `\"a phrase\"`, \
             `begin*`, `-without`, `-\"without this\"`. Case and accents do not count. With `q` the most relevant tickets \
             come first, and `highlight` quotes the places that were found. `nextCursor` continues the list; its cost does \
             not grow with the depth.",
        )
        .query(|query| self::query(query, UserId(uuid::Uuid::nil())))
        .answers::<Vec<ListedTicket>>("tickets")
        .answers::<Pagination>("pagination")
        .answer_named("TicketList")
        .leads_to("tickets/0/id", Resource::Ticket)
}
