//! Lists of tickets in SQL. Every list is narrowed to what the caller may see first.

use super::{Assignee, Filter, Order, Paging, Position, SlaFilter, SortKey, Start};
use crate::{
    ids::{TicketId, UserId},
    tickets::{
        Ticket,
        access::Scope,
        read::Reader,
        search::{self, Highlight, Search},
        store::find_all,
    },
};
use chrono::{DateTime, Utc};
use sqlx::{PgPool, Postgres, QueryBuilder, Row, postgres::PgRow};
use std::collections::HashMap;

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The tickets, in order.
    pub tickets: Vec<Ticket>,
    /// How many there are in all.
    pub total: i64,
    /// Whether there are exactly so many, and not more.
    pub total_is_exact: bool,
    /// Where the next part begins, if there is one.
    pub next: Option<Position>,
    /// Where in them stands what was searched for, if something was.
    pub highlights: Option<HashMap<TicketId, Vec<Highlight>>>,
}

/// Up to here a search, or filters in combination, are counted; a list by relevance ends here.
pub const COUNTED: i64 = 10_000;
/// So many of the newest tickets that a search finds are ranked; older ones come after them.
const RANKED: i64 = 1_000;

/// A part of the list of tickets in `scope` that `filter` lets through.
///
/// # Errors
/// The database failed.
pub async fn page(
    pool: &PgPool,
    scope: Scope,
    filter: &Filter,
    paging: &Paging,
    now: DateTime<Utc>,
) -> sqlx::Result<Page> {
    let list = List { scope, filter, now };
    let (total, total_is_exact) = list.count(pool).await?;
    let mut places = list.places(pool, paging).await?;
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).cloned();
    let ids = places.iter().map(|position| position.ticket).collect();
    let tickets = in_order(pool, ids).await?;
    let highlights = match &filter.search {
        Some(search) => {
            Some(search::store::highlights(pool, search, &tickets, scope.reader()).await?)
        }
        None => None,
    };
    Ok(Page {
        tickets,
        total,
        total_is_exact,
        next,
        highlights,
    })
}

/// Which tickets are meant.
struct List<'a> {
    scope: Scope,
    filter: &'a Filter,
    now: DateTime<Utc>,
}

impl List<'_> {
    /// How many there are, and whether that is exact.
    async fn count(&self, pool: &PgPool) -> sqlx::Result<(i64, bool)> {
        let mut query = QueryBuilder::new("select count(*) from (select from tickets t where true");
        self.narrow(&mut query);
        let whole = self.filter.is_counted_whole();
        if !whole {
            // One more tells whether there are more.
            query.push(" limit ").push_bind(COUNTED.saturating_add(1));
        }
        query.push(") found");
        let found: i64 = query
            .build_query_scalar()
            .persistent(false)
            .fetch_one(pool)
            .await?;
        Ok(if whole {
            (found, true)
        } else {
            (found.min(COUNTED), found <= COUNTED)
        })
    }

    /// The places of a part of it, and of one ticket more, which tells whether there are more.
    async fn places(&self, pool: &PgPool, paging: &Paging) -> sqlx::Result<Vec<Position>> {
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
                .push_bind((page - 1).saturating_mul(paging.limit));
        }
        // Each is planned for its own values: what is best for a rare word is not for a common one.
        query
            .build()
            .persistent(false)
            .try_map(|row| place(&row))
            .fetch_all(pool)
            .await
    }

    /// The tickets, as `t`; where they are sorted by relevance, with it.
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

    /// The texts of `t` that the caller may read and that have this.
    fn texts_with(&self, query: &mut QueryBuilder<Postgres>, what: String) {
        query.push("from text_words w where w.ticket_id = t.id and w.words @@ ");
        query.push_bind(what).push("::tsquery");
        match self.scope.reader() {
            Reader::Requester => {
                query.push(" and not w.is_internal");
            }
            Reader::Staff => {}
        }
    }

    /// That the ticket has what is searched for. The words are asked of an index; phrases are looked for in
    /// the texts of each ticket that has their words (`offset 0` keeps it at that).
    fn fitting(&self, query: &mut QueryBuilder<Postgres>, search: &Search) {
        if search.is_empty() {
            query.push(" and false");
        }
        let words = search.words();
        if !words.is_empty() {
            query.push(" and exists (select from ticket_words w where w.ticket_id = t.id and ");
            query.push(match self.scope.reader() {
                Reader::Requester => "w.words",
                Reader::Staff => "coalesce(w.all_words, w.words)",
            });
            query.push(" @@ ").push_bind(words).push("::tsquery)");
        }
        let wanted = search
            .phrases()
            .map(|phrase| (" and exists (select ", phrase));
        let unwanted = search
            .unwanted_phrases()
            .map(|phrase| (" and not exists (select ", phrase));
        for (condition, phrase) in wanted.chain(unwanted) {
            query.push(condition);
            self.texts_with(query, phrase);
            query.push(" offset 0)");
        }
    }

    fn narrow(&self, query: &mut QueryBuilder<Postgres>) {
        let filter = self.filter;
        match self.scope {
            Scope::Own(customer) => {
                query.push(" and t.customer_id = ").push_bind(customer.0);
            }
            Scope::Desk(agent) => {
                query
                    .push(" and (t.assigned_to = ")
                    .push_bind(agent.0)
                    .push(" or t.assigned_to is null)");
            }
            Scope::All => {}
        }
        one_of(
            query,
            "status",
            filter.status.iter().map(|status| status.as_str()),
        );
        one_of(
            query,
            "priority",
            filter.priority.iter().map(|priority| priority.as_str()),
        );
        one_of(
            query,
            "category",
            filter.category.iter().map(|category| category.as_str()),
        );
        one_of(
            query,
            "department",
            filter
                .department
                .iter()
                .map(|department| department.as_str()),
        );
        match filter.assignee {
            Some(Assignee::Nobody) => {
                query.push(" and t.assigned_to is null");
            }
            Some(Assignee::Agent(agent)) => {
                query.push(" and t.assigned_to = ").push_bind(agent.0);
            }
            None => {}
        }
        if let Some(customer) = filter.customer {
            query.push(" and t.customer_id = ").push_bind(customer.0);
        }
        if let Some(tag) = &filter.tag {
            query
                .push(" and t.tags @> array[")
                .push_bind(tag.clone())
                .push("]");
        }
        since(query, " and t.created_at >= ", filter.created_from);
        since(query, " and t.created_at < ", filter.created_before);
        since(query, " and t.updated_at >= ", filter.updated_from);
        if let Some(sla) = filter.sla {
            by_deadline(query, sla, self.now);
        }
        if let Some(search) = &filter.search {
            self.fitting(query, search);
        }
    }
}

fn place(row: &PgRow) -> sqlx::Result<Position> {
    Ok(Position {
        ticket: row.try_get("id")?,
        value: row.try_get("place")?,
    })
}

async fn in_order(pool: &PgPool, ids: Vec<TicketId>) -> sqlx::Result<Vec<Ticket>> {
    let keys: Vec<_> = ids.iter().map(|id| id.0).collect();
    let found = find_all(pool, &keys).await?;
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

fn since(query: &mut QueryBuilder<Postgres>, condition: &str, instant: Option<DateTime<Utc>>) {
    if let Some(instant) = instant {
        query.push(condition).push_bind(instant);
    }
}

fn one_of<'a>(
    query: &mut QueryBuilder<Postgres>,
    column: &str,
    words: impl Iterator<Item = &'a str>,
) {
    let words: Vec<String> = words.map(str::to_owned).collect();
    if !words.is_empty() {
        query
            .push(" and t.")
            .push(column)
            .push(" = any(")
            .push_bind(words)
            .push(")");
    }
}

/// By the instants themselves, not by whether a sweep has come by yet. Each condition is one of an index.
fn by_deadline(query: &mut QueryBuilder<Postgres>, sla: SlaFilter, now: DateTime<Utc>) {
    let running = "stopped_at is null and paused_at is null";
    query.push(" and t.id in (select ticket_id from sla_clocks where ");
    match sla {
        SlaFilter::AtRisk => {
            query
                .push(running)
                .push(" and breached_at is null and warn_at <= ")
                .push_bind(now)
                .push(" and due_at >= ")
                .push_bind(now);
        }
        SlaFilter::Breached => {
            query
                .push("breached_at is not null union all select ticket_id from sla_clocks where ")
                .push(running)
                .push(" and due_at < ")
                .push_bind(now)
                .push(" and next_at <= ")
                .push_bind(now);
        }
    }
    query.push(")");
}

/// The lists of an agent's dashboard.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The agent's active tickets, most urgent first.
    pub assigned: Vec<Ticket>,
    /// Active tickets that nobody has, most urgent first, then oldest.
    pub unassigned: Vec<Ticket>,
    /// All active urgent tickets, oldest first.
    pub urgent: Vec<Ticket>,
    /// The agent's tickets that are near a deadline or past it, nearest first.
    pub at_risk: Vec<Ticket>,
    /// How many active tickets the agent has.
    pub workload: i64,
}

/// The most entries of each of its lists.
const ON_DASHBOARD: i64 = 50;

/// The dashboard of an agent.
///
/// # Errors
/// The database failed.
pub async fn dashboard(
    pool: &PgPool,
    agent: UserId,
    now: DateTime<Utc>,
) -> sqlx::Result<Dashboard> {
    let lists = sqlx::query!(
        r#"select
             array(select id from tickets where assigned_to = $1 and status not in ('resolved', 'closed')
                   order by priority_rank desc, created_at, id limit $3) as "assigned!: Vec<uuid::Uuid>",
             array(select id from tickets where assigned_to is null and status not in ('resolved', 'closed')
                   order by priority_rank desc, created_at, id limit $3) as "unassigned!: Vec<uuid::Uuid>",
             array(select id from tickets where priority = 'urgent' and status not in ('resolved', 'closed')
                   order by created_at, id limit $3) as "urgent!: Vec<uuid::Uuid>",
             array(select t.id from tickets t join sla_clocks c on c.ticket_id = t.id
                   where t.assigned_to = $1 and t.status not in ('resolved', 'closed')
                     and c.stopped_at is null and c.paused_at is null and c.warn_at <= $2
                   group by t.id order by min(c.due_at), t.id limit $3) as "at_risk!: Vec<uuid::Uuid>",
             (select count(*) from tickets where assigned_to = $1 and status not in ('resolved', 'closed')) as "workload!""#,
        agent.0,
        now,
        ON_DASHBOARD,
    )
    .fetch_one(pool)
    .await?;
    let mut all: Vec<_> = [
        &lists.assigned,
        &lists.unassigned,
        &lists.urgent,
        &lists.at_risk,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect();
    all.sort_unstable();
    all.dedup();
    let found: HashMap<_, _> = find_all(pool, &all)
        .await?
        .into_iter()
        .map(|ticket| (ticket.id.0, ticket))
        .collect();
    let pick = |ids: Vec<uuid::Uuid>| ids.iter().filter_map(|id| found.get(id).cloned()).collect();
    Ok(Dashboard {
        assigned: pick(lists.assigned),
        unassigned: pick(lists.unassigned),
        urgent: pick(lists.urgent),
        at_risk: pick(lists.at_risk),
        workload: lists.workload,
    })
}
