//! Counts over a whole installation, for programs that fill or inspect one.

mod store;

use platform::{config::Purpose, context::Context};

/// The counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// Accounts, inactive ones included.
    pub people: i64,
    /// Tickets of every status.
    pub tickets: i64,
    /// Messages and internal notes.
    pub messages: i64,
    /// Recorded breaches of deadlines.
    pub breaches: i64,
    /// Escalations, by people and by rule.
    pub escalations: i64,
    /// Times that a ticket was reopened.
    pub reopenings: i64,
    /// Tickets with a rating.
    pub ratings: i64,
    /// Notifications that were sent.
    pub notifications: i64,
    /// Jobs of both lanes that are neither done nor cancelled, dead letters included.
    pub unfinished_jobs: i64,
}

/// Counts everything. It scans whole tables.
///
/// # Errors
/// The database failed.
pub async fn census(cx: &Context) -> sqlx::Result<Census> {
    store::census(&cx.pool).await
}

/// The number of database connections of API, worker and scheduler processes. Only connections with their
/// application name are counted.
///
/// # Errors
/// The database failed.
pub async fn connections_of_the_system(cx: &Context) -> sqlx::Result<i64> {
    store::connections(&cx.pool, Purpose::System.application()).await
}
