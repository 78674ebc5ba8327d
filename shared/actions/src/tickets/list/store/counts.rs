//! The SQL of the numbers of tickets that are counted beforehand. No decisions.

use chrono::{DateTime, Utc};
use domain::tickets::list::Filter;
use sqlx::PgExecutor;

/// A number of tickets that was counted beforehand.
pub(super) struct Known {
    pub tickets: i64,
    /// Whether every change so far is counted.
    pub is_exact: bool,
    /// Every change that was committed until this instant is counted.
    pub as_of: DateTime<Utc>,
}

/// The number of all tickets that match status, priority, category and department of the filter; `None` while the counts are
/// not complete, which happens after an upgrade.
///
/// # Errors
/// The database failed.
pub(super) async fn known(db: impl PgExecutor<'_>, filter: &Filter) -> sqlx::Result<Option<Known>> {
    sqlx::query_as!(
        Known,
        r#"select
             (select coalesce(sum(tickets), 0)::bigint from ticket_counts
              where (cardinality($1::text[]) = 0 or status = any($1)) and (cardinality($2::text[]) = 0 or priority = any($2))
                  and (cardinality($3::text[]) = 0 or category = any($3)) and (cardinality($4::text[]) = 0 or department = any($4))
             ) as "tickets!",
             not exists (select from feed where kind = 'ticket' and position > cursor.position)
                 and not exists (select from feed_pending where kind = 'ticket') as "is_exact!",
             as_of as "as_of!"
           from stats_cursor as cursor where as_of is not null and refilled_to is null"#,
        &words(&filter.status),
        &words(&filter.priority),
        &words(&filter.category),
        &words(&filter.department),
    )
    .fetch_optional(db)
    .await
}

fn words<T: ToString>(words: &[T]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}
