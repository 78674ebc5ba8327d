//! Lists of tickets in SQL. Every list is narrowed to what the caller may see first.

use super::{Assignee, Filter, Order, Paging, Position, SlaFilter, SortKey, Start};
use crate::{
    ids::{TicketId, UserId},
    tickets::{Ticket, access::Scope, store::find_all},
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
    /// Where the next part begins, if there is one.
    pub next: Option<Position>,
}

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
    let mut count = QueryBuilder::new("select count(*) from tickets t where true");
    narrow(&mut count, scope, filter, now);
    let total: i64 = count.build_query_scalar().fetch_one(pool).await?;

    let mut query = QueryBuilder::new("select t.id, ");
    query
        .push(expression(filter.order.key))
        .push("::text as place from tickets t where true");
    narrow(&mut query, scope, filter, now);
    if let Start::After(position) = &paging.start {
        after(&mut query, filter.order, position);
    }
    order_by(&mut query, filter.order);
    // One more than asked for tells whether there are more.
    query
        .push(" limit ")
        .push_bind(paging.limit.saturating_add(1));
    if let Start::Page(page) = paging.start {
        query
            .push(" offset ")
            .push_bind((page - 1).saturating_mul(paging.limit));
    }
    let mut places = query
        .build()
        .try_map(|row| place(&row))
        .fetch_all(pool)
        .await?;
    let limit = usize::try_from(paging.limit).unwrap_or(usize::MAX);
    let more = places.len() > limit;
    places.truncate(limit);
    let next = places.last().filter(|_| more).cloned();
    let ids = places.iter().map(|position| position.ticket).collect();
    Ok(Page {
        tickets: in_order(pool, ids).await?,
        total,
        next,
    })
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
        SortKey::SlaDue => {
            "coalesce((select min(c.due_at) from sla_clocks c where c.ticket_id = t.id \
             and c.stopped_at is null and c.paused_at is null), timestamptz '9999-12-31 00:00:00+00')"
        }
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

fn narrow(query: &mut QueryBuilder<Postgres>, scope: Scope, filter: &Filter, now: DateTime<Utc>) {
    match scope {
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
        by_deadline(query, sla, now);
    }
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

/// By the instants themselves, not by whether a sweep has come by yet.
fn by_deadline(query: &mut QueryBuilder<Postgres>, sla: SlaFilter, now: DateTime<Utc>) {
    query.push(" and exists (select from sla_clocks c where c.ticket_id = t.id and ");
    match sla {
        SlaFilter::AtRisk => {
            query.push("c.stopped_at is null and c.paused_at is null and c.breached_at is null and c.warn_at <= ");
            query
                .push_bind(now)
                .push(" and c.due_at >= ")
                .push_bind(now);
        }
        SlaFilter::Breached => {
            query.push("(c.breached_at is not null or c.paused_at is null and c.due_at < coalesce(c.stopped_at, ");
            query.push_bind(now).push("))");
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
