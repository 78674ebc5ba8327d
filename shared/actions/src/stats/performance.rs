//! An agent's figures of today, for the dashboard. They are read from the tickets themselves with an index: one day
//! of one agent has few rows, and agents see their work at once.

use crate::stats::store;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    ids::UserId,
    stats::{Performance, query::today},
};
use sqlx::PgExecutor;

/// The figures of the tickets that an agent resolved today. The day is that of `timezone` at `now`.
///
/// # Errors
/// The database failed.
pub async fn performance_today(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    agent: UserId,
    timezone: Tz,
) -> sqlx::Result<Performance> {
    // A day has no beginning only at the ends of the calendar, 260 000 years away.
    let (from, until) = today(now, timezone).unwrap_or((now, now + TimeDelta::days(1)));
    let resolved = store::resolved_by(db, agent, from, until).await?;
    Ok(Performance::of(
        resolved.sums,
        resolved.closed,
        resolved.ratings,
    ))
}
