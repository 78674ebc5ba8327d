//! The SQL of lists of tickets. Every list is first narrowed to the tickets that the caller may see.

mod dashboard;
mod narrow;

pub use dashboard::{Dashboard, dashboard};

use crate::tickets::store::find_all;
use chrono::{DateTime, Utc};
use domain::tickets::list::{Filter, Order, Paging, Position, SortKey, Start};
use domain::{
    ids::TicketId,
    paging,
    tickets::{
        Ticket,
        access::Scope,
        search::{Quotable, Search},
    },
};
use sqlx::{PgConnection, Postgres, QueryBuilder, Row, postgres::PgRow};
use std::collections::HashMap;

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The tickets, in order.
    pub tickets: Vec<Ticket>,
    /// The number of tickets on all pages; at most [`COUNTED`] where it is not exact.
    pub total: i64,
    /// Whether `total` is exact, and not a lower bound.
    pub total_is_exact: bool,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Position>,
    /// The texts that may match the search; `None` without a search.
    pub quotable: Option<Vec<Quotable>>,
}

/// The limit up to which the results of a search or of combined filters are counted. A list by relevance ends
/// there.
pub const COUNTED: i64 = 10_000;
/// The number of newest results that are ranked; older ones come after them.
const RANKED: i64 = 1_000;

/// A page of the tickets in `scope` that match `filter`. Call it within a snapshot ([`platform::db::snapshot`]), so
/// that the choice and the tickets are of the same instant.
///
/// # Errors
/// The database failed.
pub async fn page(
    db: &mut PgConnection,
    scope: Scope,
    filter: &Filter,
    paging: &Paging,
    now: DateTime<Utc>,
) -> sqlx::Result<Page> {
    let list = List { scope, filter, now };
    let (total, total_is_exact) = list.count(db).await?;
    let mut places = list.places(db, paging).await?;
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).cloned();
    let ids = places.iter().map(|position| position.ticket).collect();
    let tickets = in_order(db, ids).await?;
    let quotable = match &filter.search {
        Some(search) => Some(
            crate::tickets::search::store::quotable(db, search, &tickets, scope.reader()).await?,
        ),
        None => None,
    };
    Ok(Page {
        tickets,
        total,
        total_is_exact,
        next,
        quotable,
    })
}

/// The tickets of a list.
struct List<'a> {
    scope: Scope,
    filter: &'a Filter,
    now: DateTime<Utc>,
}

impl List<'_> {
    /// The number of tickets, and whether it is exact.
    async fn count(&self, db: &mut PgConnection) -> sqlx::Result<(i64, bool)> {
        let mut query = QueryBuilder::new("select count(*) from (select from tickets t where true");
        self.narrow(&mut query);
        let whole = self.filter.is_counted_whole();
        if !whole {
            // One row more tells whether there are more than the limit.
            query.push(" limit ").push_bind(COUNTED.saturating_add(1));
        }
        query.push(") found");
        let found: i64 = query
            .build_query_scalar()
            .persistent(false)
            .fetch_one(db)
            .await?;
        Ok(if whole {
            (found, true)
        } else {
            (found.min(COUNTED), found <= COUNTED)
        })
    }

    /// The positions of a page, and one more, which tells whether the list goes on.
    async fn places(&self, db: &mut PgConnection, paging: &Paging) -> sqlx::Result<Vec<Position>> {
        let order = self.filter.order;
        let mut query = QueryBuilder::new("select t.id, ");
        query
            .push(expression(order.key))
            .push("::text as place from ");
        self.source(&mut query);
        if let Start::After(position) = &paging.start {
            after(&mut query, order, position);
        }
        order_by(&mut query, order);
        query
            .push(" limit ")
            .push_bind(paging.limit.saturating_add(1));
        if let Start::Page(page) = paging.start {
            query
                .push(" offset ")
                .push_bind(paging::offset(page, paging.limit));
        }
        // Planned for its own values: the best plan for a rare word is not that for a common one.
        query
            .build()
            .persistent(false)
            .try_map(|row| place(&row))
            .fetch_all(db)
            .await
    }

    /// The `from` clause: the tickets as `t`, with their relevance where that is the sort key.
    fn source(&self, query: &mut QueryBuilder<Postgres>) {
        if self.filter.order.key != SortKey::Relevance {
            query.push("tickets t where true");
            self.narrow(query);
            return;
        }
        query.push("(select t.id, ");
        match self.filter.search.as_ref().map(Search::any) {
            Some(any) if !any.is_empty() => {
                query
                    .push("coalesce(case when t.newest <= ")
                    .push_bind(RANKED);
                query.push(" then (select sum(ts_rank(w.words, ");
                query.push_bind(any.clone()).push("::tsquery)) ");
                self.texts_with(query, any);
                query.push(") end, 0)");
            }
            Some(_) | None => {
                query.push("0::real");
            }
        }
        query.push(" as relevance from (select t.id, row_number() over (order by t.id desc) as newest from tickets t where true");
        self.narrow(query);
        query
            .push(" order by t.id desc limit ")
            .push_bind(COUNTED)
            .push(") t) t where true");
    }
}

fn place(row: &PgRow) -> sqlx::Result<Position> {
    Ok(Position {
        ticket: row.try_get("id")?,
        value: row.try_get("place")?,
    })
}

async fn in_order(db: &mut PgConnection, ids: Vec<TicketId>) -> sqlx::Result<Vec<Ticket>> {
    let keys: Vec<_> = ids.iter().map(|id| id.0).collect();
    let found = find_all(db, &keys).await?;
    let mut by_id: HashMap<_, _> = found
        .into_iter()
        .map(|ticket| (ticket.id, ticket))
        .collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

fn expression(key: SortKey) -> &'static str {
    match key {
        SortKey::CreatedAt => "t.created_at",
        SortKey::UpdatedAt => "t.updated_at",
        SortKey::Priority => "t.priority_rank",
        SortKey::Relevance => "t.relevance",
        SortKey::SlaDue => "t.next_due_at",
    }
}

fn order_by(query: &mut QueryBuilder<Postgres>, order: Order) {
    let direction = if order.descending { " desc" } else { "" };
    query
        .push(" order by ")
        .push(expression(order.key))
        .push(direction);
    query.push(", t.id").push(direction);
}

fn after(query: &mut QueryBuilder<Postgres>, order: Order, position: &Position) {
    let cast = match order.key {
        SortKey::CreatedAt | SortKey::UpdatedAt | SortKey::SlaDue => "::timestamptz, ",
        SortKey::Priority => "::smallint, ",
        SortKey::Relevance => "::real, ",
    };
    query
        .push(" and (")
        .push(expression(order.key))
        .push(", t.id) ");
    query.push(if order.descending { "< (" } else { "> (" });
    query
        .push_bind(position.value.clone())
        .push(cast)
        .push_bind(position.ticket.0)
        .push(")");
}
