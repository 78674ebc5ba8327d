//! An agent's own figures, for the dashboard. They are read from the tickets themselves with an index: a month of one agent
//! has few rows, and agents see their work at once.

use crate::stats::store;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{ids::UserId, local_day::days_ago, stats::Performance};
use sqlx::PgExecutor;

/// The figures of the tickets that an agent resolved in three periods, each of which ends now.
#[derive(Debug)]
pub struct OwnPerformance {
    /// Today.
    pub today: Performance,
    /// The last seven days, today included.
    pub last_7_days: Performance,
    /// The last thirty days, today included.
    pub last_30_days: Performance,
}

/// The figures of the tickets that an agent resolved. The days are those of `timezone` at `now`.
///
/// # Errors
/// The database failed.
pub async fn own_performance(
    db: impl PgExecutor<'_>,
    now: DateTime<Utc>,
    agent: UserId,
    timezone: Tz,
) -> sqlx::Result<OwnPerformance> {
    // A day has no beginning only at the ends of the calendar, 260 000 years away.
    let since = |days| days_ago(now, days, timezone).unwrap_or(now - TimeDelta::days(1));
    let periods = [since(0), since(6), since(29)];
    let mut resolved = store::resolved_by(db, agent, &periods).await?.into_iter();
    let mut next = || {
        let (figures, ratings) = resolved.next().unwrap_or_default();
        Performance::of(&figures, &ratings)
    };
    Ok(OwnPerformance {
        today: next(),
        last_7_days: next(),
        last_30_days: next(),
    })
}
