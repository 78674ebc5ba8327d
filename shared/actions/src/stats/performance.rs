//! An agent's day, for the dashboard. It is read from the tickets themselves, by an index: a day
//! of one agent is short, and agents see at once what they have done.

use crate::stats::store;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{
    ids::UserId,
    stats::{Performance, query::today},
};
use sqlx::PgExecutor;

/// The figures of the tickets that an agent resolved today, by the days of a time zone.
///
/// # Errors
/// The database failed.
pub async fn performance_today(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    agent: UserId,
    timezone: Tz,
) -> sqlx::Result<Performance> {
    // Only at the ends of the calendar, 260 000 years away, has a day no beginning.
    let (from, until) = today(now, timezone).unwrap_or((now, now + TimeDelta::days(1)));
    let resolved = store::resolved_by(db, agent, from, until).await?;
    Ok(Performance::of(
        resolved.sums,
        resolved.closed,
        resolved.ratings,
    ))
}
