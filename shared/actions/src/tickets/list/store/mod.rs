//! The SQL of lists of tickets. Every list is first narrowed to the tickets that the caller may see.

mod counts;
mod dashboard;
mod found;
mod narrow;
mod relevance;
mod suggested;

pub use dashboard::{Dashboard, dashboard};
pub use suggested::{Suggestion, suggestions};

use crate::tickets::read::{self, Showing};
use chrono::{DateTime, TimeDelta, Utc};
use domain::tickets::list::{Filter, Order, Paging, Position, SortKey, Start};
use domain::{
    ids::TicketId,
    paging,
    tickets::{
        access::Scope,
        search::{Quotable, Search},
    },
};
use narrow::Late;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row, postgres::PgRow};

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The tickets, in order, and the people named in them.
    pub showing: Showing,
    /// The number of tickets on all pages.
    pub total: i64,
    /// Whether `total` is exact, and neither a lower bound nor the number of a moment ago.
    pub total_is_exact: bool,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Position>,
    /// The texts that may match the search; `None` without a search.
    pub quotable: Option<Vec<Quotable>>,
}

/// The limit up to which the results of a search or of combined filters are counted. A list by relevance ends
/// there.
pub const COUNTED: i64 = 10_000;
const MOST_COUNTED: usize = 10_000;

/// The age of a total that was counted beforehand. An older one, while no worker runs, is counted again.
const RECENT: TimeDelta = TimeDelta::minutes(1);

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
    let late = Late::Few;
    let list = List {
        scope,
        filter,
        now,
        late,
    };
    let Chosen {
        mut places,
        total,
        total_is_exact,
    } = list.chosen(db, paging).await?;
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).cloned();
    let ids: Vec<_> = places.iter().map(|position| position.ticket).collect();
    let showing = read::show(&mut *db, &ids).await?;
    let quotable = match &filter.search {
        Some(search) => {
            let tickets: Vec<_> = showing.tickets.iter().map(|one| &one.ticket).collect();
            let reader = scope.reader();
            Some(crate::tickets::search::store::quotable(db, search, &tickets, reader).await?)
        }
        None => None,
    };
    Ok(Page {
        showing,
        total,
        total_is_exact,
        next,
        quotable,
    })
}

/// The tickets of a list.
#[derive(Clone, Copy)]
struct List<'a> {
    scope: Scope,
    filter: &'a Filter,
    now: DateTime<Utc>,
    late: Late,
}

impl List<'_> {
    /// The positions of a page and one more, which tells whether the list goes on, and the total.
    async fn chosen(&self, db: &mut PgConnection, paging: &Paging) -> sqlx::Result<Chosen> {
        let Some(search) = &self.filter.search else {
            let (total, total_is_exact) = self.count(db).await?;
            let late = Late::of(total);
            let places = Self { late, ..*self }
                .places(db, paging, &Among::All)
                .await?;
            return Ok(Chosen {
                places,
                total,
                total_is_exact,
            });
        };
        let mut found = self.found(db, search).await?;
        let (total, total_is_exact) = counted(found.len());
        found.truncate(MOST_COUNTED);
        let places = match self.filter.order.key {
            SortKey::Relevance => self.by_relevance(db, search, &found, paging).await?,
            SortKey::CreatedAt | SortKey::UpdatedAt | SortKey::Priority | SortKey::SlaDue => {
                let among = if total_is_exact {
                    Among::These(found)
                } else {
                    Among::Matching(search)
                };
                self.places(db, paging, &among).await?
            }
        };
        Ok(Chosen {
            places,
            total,
            total_is_exact,
        })
    }

    /// The number of tickets without a search, and whether it is exact. Many tickets are counted beforehand; few are counted
    /// now, so that the total of a short list is always exact.
    async fn count(&self, db: &mut PgConnection) -> sqlx::Result<(i64, bool)> {
        if self.scope == Scope::All && self.filter.is_counted_beforehand() {
            let known = counts::known(&mut *db, self.filter).await?;
            let is_recent =
                |known: &counts::Known| known.is_exact || self.now - known.as_of < RECENT;
            let known = known.filter(|known| known.tickets > COUNTED && is_recent(known));
            if let Some(known) = known {
                return Ok((known.tickets, known.is_exact));
            }
        }
        let whole = self.filter.is_counted_whole();
        if whole && self.scope == Scope::All && !self.filter.sla.is_empty() {
            let mut query = self.count_late();
            let query = query.build_query_scalar().persistent(false);
            return Ok((query.fetch_one(db).await?, true));
        }
        let mut query = QueryBuilder::new("select count(*) from (select from tickets t where true");
        // A count has no order to read along. An agent's tickets are fewer than those that are late.
        let late = match self.scope {
            Scope::AgentQueue(_) => Late::Many,
            Scope::Own(_) | Scope::All => self.late,
        };
        Self { late, ..*self }.narrow(&mut query);
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

    async fn places(
        &self,
        db: &mut PgConnection,
        paging: &Paging,
        among: &Among<'_>,
    ) -> sqlx::Result<Vec<Position>> {
        let order = self.filter.order;
        let mut query = QueryBuilder::new("select t.id, ");
        query
            .push(expression(order.key))
            .push("::text as place from tickets t where true");
        match among {
            Among::All => self.narrow(&mut query),
            Among::These(ids) => {
                let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
                query.push(" and t.id = any(").push_bind(ids).push(")");
            }
            Among::Matching(search) => {
                self.narrow(&mut query);
                self.matching(&mut query, search);
            }
        }
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
        // Planned for its own values: the best plan for a rare value is not that for a common one.
        query
            .build()
            .persistent(false)
            .try_map(|row| place(&row))
            .fetch_all(db)
            .await
    }
}

/// The positions of a page and one more, and the total of the list.
struct Chosen {
    places: Vec<Position>,
    total: i64,
    total_is_exact: bool,
}

/// Which tickets of the scope and the filters a list has.
enum Among<'a> {
    /// All of them.
    All,
    /// These, which are all that a search has found.
    These(Vec<TicketId>),
    /// Those that a search matches, when it finds too many to name them.
    Matching(&'a Search),
}

/// The total of a search that has found so many, one more than the limit at most, and whether it is exact.
fn counted(found: usize) -> (i64, bool) {
    let found = i64::try_from(found).unwrap_or(i64::MAX);
    (found.min(COUNTED), found <= COUNTED)
}

fn place(row: &PgRow) -> sqlx::Result<Position> {
    Ok(Position {
        ticket: row.try_get("id")?,
        value: row.try_get("place")?,
    })
}

fn expression(key: SortKey) -> &'static str {
    match key {
        // Without a search all tickets are equally relevant: the filter asks for another order.
        SortKey::CreatedAt | SortKey::Relevance => "t.created_at",
        SortKey::UpdatedAt => "t.updated_at",
        SortKey::Priority => "t.priority_rank",
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
        SortKey::CreatedAt | SortKey::Relevance | SortKey::UpdatedAt | SortKey::SlaDue => {
            "::timestamptz, "
        }
        SortKey::Priority => "::smallint, ",
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
