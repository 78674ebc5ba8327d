//! What there is in an installation as a whole, for whoever is about to fill one.

mod store;

use platform::{config::Purpose, context::Context};

/// Counts over everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// Accounts, inactive ones included.
    pub people: i64,
    /// Tickets of every status.
    pub tickets: i64,
    /// Messages and internal notes.
    pub messages: i64,
    /// Deadlines that were missed and are on record.
    pub breaches: i64,
    /// Escalations, by hand and by rule.
    pub escalations: i64,
    /// Times that a ticket was taken up again.
    pub reopenings: i64,
    /// Tickets whose present resolution was rated.
    pub ratings: i64,
    /// Notifications that were sent.
    pub notifications: i64,
    /// Jobs that are neither done nor cancelled, in any lane: dead letters as well.
    pub unfinished_jobs: i64,
}

/// Counts everything, by scanning it.
///
/// # Errors
/// The database failed.
pub async fn census(cx: &Context) -> sqlx::Result<Census> {
    store::census(&cx.pool).await
}

/// How many connections processes of the running system hold on this database: API, workers,
/// scheduler. Those of a process that calls its own something else are not among them.
///
/// # Errors
/// The database failed.
pub async fn connections_of_the_system(cx: &Context) -> sqlx::Result<i64> {
    store::connections(&cx.pool, Purpose::System.application()).await
}
