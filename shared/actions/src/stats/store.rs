//! The SQL of statistics: here and in `figures`, `backlog` and `resolved` that of answers, whose statements run in a
//! [`snapshot`]; in `rows` and `recount` that of the rows. No decisions.

mod backlog;
mod figures;
pub(super) mod recount;
mod resolved;
pub(super) mod rows;

pub(super) use backlog::backlog;
pub(super) use figures::{Quantiles, figures};
pub(super) use resolved::resolved_by;

use chrono::{DateTime, Utc};
use domain::{
    stats::{Durations, Group, Question, Range, Ratings, StatsFilter},
    tickets::{Category, Priority, Status},
};
use platform::db::{self, Tx};
use sqlx::{PgConnection, PgPool};

/// What the tickets of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// Nothing: all tickets are one group.
    Nothing,
    /// The present assignee. Unassigned tickets are in no group.
    Agent,
    /// The department.
    Department,
    /// The category.
    Category,
    /// The priority.
    Priority,
}

impl GroupBy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Agent => "agent",
            Self::Department => "department",
            Self::Category => "category",
            Self::Priority => "priority",
        }
    }
}

/// The tickets that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'a> {
    /// When they were created.
    pub range: Range,
    /// What else they have in common.
    pub filter: &'a StatsFilter,
    /// Whether unassigned tickets, and ratings of nobody, are left out.
    pub assigned: bool,
}

impl<'a> Counted<'a> {
    /// All tickets that a question asks for, assigned or not.
    pub fn all(question: &'a Question) -> Self {
        Self {
            range: question.period.range(),
            filter: &question.filter,
            assigned: false,
        }
    }

    fn agent(&self) -> Option<uuid::Uuid> {
        self.filter.agent.map(|agent| agent.0)
    }

    fn departments(&self) -> Vec<String> {
        words(&self.filter.departments)
    }

    fn categories(&self) -> Vec<String> {
        words(&self.filter.categories)
    }

    fn priorities(&self) -> Vec<String> {
        words(&self.filter.priorities)
    }
}

fn words<T: ToString>(words: &[T]) -> Vec<String> {
    words.iter().map(T::to_string).collect()
}

/// What was counted in a group, in one of the intervals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell<T> {
    /// What the tickets have in common: an id or a word, empty for all tickets.
    pub key: String,
    /// The interval, from 1; 0 for tickets before the first, and where there are no intervals.
    pub interval: i32,
    /// What was counted.
    pub counted: T,
}

/// A snapshot in which each statement is planned for its parameters. A plan for any parameters would scan all rows for one
/// day, or look up each row of all time.
///
/// # Errors
/// The database failed.
pub(super) async fn snapshot(pool: &PgPool) -> sqlx::Result<Tx> {
    let mut tx = db::snapshot(pool).await?;
    sqlx::query!("select set_config('plan_cache_mode', 'force_custom_plan', true) as mode")
        .fetch_one(&mut *tx)
        .await?;
    Ok(tx)
}

/// The tickets by status, priority and category.
///
/// # Errors
/// The database failed.
pub(super) async fn groups(
    connection: &mut PgConnection,
    of: Counted<'_>,
) -> sqlx::Result<Vec<Group>> {
    sqlx::query_as!(
        Group,
        r#"select
            status as "status: Status", priority as "priority: Priority", category as "category: Category",
            count(*) as "total!"
        from stats_tickets
        where created_at >= coalesce($1, timestamptz '-infinity') and created_at < coalesce($2, timestamptz 'infinity')
            and (cardinality($3::text[]) = 0 or department = any($3))
            and (cardinality($4::text[]) = 0 or category = any($4))
            and (cardinality($5::text[]) = 0 or priority = any($5))
        group by status, priority, category"#,
        of.range.from,
        of.range.until,
        &of.departments(),
        &of.categories(),
        &of.priorities(),
    )
    .fetch_all(connection)
    .await
}

/// Ratings of tickets in groups and intervals. A rating belongs to the agent who had the ticket when it was resolved.
///
/// # Errors
/// The database failed.
pub(super) async fn ratings(
    connection: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[DateTime<Utc>],
) -> sqlx::Result<Vec<Cell<Ratings>>> {
    let rows = sqlx::query!(
        r#"select
            key as "key!", interval as "interval!",
            count(*) filter (where rating = 1) as "one!",
            count(*) filter (where rating = 2) as "two!",
            count(*) filter (where rating = 3) as "three!",
            count(*) filter (where rating = 4) as "four!",
            count(*) filter (where rating = 5) as "five!"
        from (
            select
                *,
                case $8 when 'agent' then rated_for::text when 'department' then department when 'category' then category
                    when 'priority' then priority else '' end as key,
                width_bucket(created_at, $9::timestamptz[]) as interval
            from stats_tickets
        ) as counted
        where rating is not null
            and created_at >= coalesce($1, timestamptz '-infinity') and created_at < coalesce($2, timestamptz 'infinity')
            and ($3::uuid is null or rated_for = $3)
            and (not $4 or rated_for is not null)
            and (cardinality($5::text[]) = 0 or department = any($5))
            and (cardinality($6::text[]) = 0 or category = any($6))
            and (cardinality($7::text[]) = 0 or priority = any($7))
            and key is not null
        group by key, interval
        order by key, interval"#,
        of.range.from,
        of.range.until,
        of.agent(),
        of.assigned,
        &of.departments(),
        &of.categories(),
        &of.priorities(),
        by.as_str(),
        intervals,
    )
    .fetch_all(connection)
    .await?;
    let cells = rows.into_iter().map(|row| Cell {
        key: row.key,
        interval: row.interval,
        counted: Ratings([row.one, row.two, row.three, row.four, row.five]),
    });
    Ok(cells.collect())
}

/// When the first ticket was created.
///
/// # Errors
/// The database failed.
pub(super) async fn earliest(connection: &mut PgConnection) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select min(created_at) from stats_tickets")
        .fetch_one(connection)
        .await
}

fn durations(count: i64, millis: i64, quantiles: Option<Vec<i64>>) -> Durations {
    let mut quantiles = quantiles.unwrap_or_default().into_iter();
    Durations {
        count,
        millis,
        p50: quantiles.next(),
        p90: quantiles.next(),
    }
}
