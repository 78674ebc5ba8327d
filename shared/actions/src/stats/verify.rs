//! The rows of the statistics, compared with a recount from the tickets.

use crate::stats::store::recount::{self, Verified};
use platform::context::Context;
use sqlx::PgPool;

/// Compares all rows with the tickets, in one snapshot. Tickets that changed since the last roll-up are left out.
///
/// # Errors
/// The database failed.
pub async fn verify(cx: &Context) -> sqlx::Result<Verified> {
    recount::compare(&cx.pool).await
}

/// The number of rows that differ from a recount, or may do so, since a change is not counted yet: zero at rest.
///
/// # Errors
/// The database failed.
pub async fn differences(pool: &PgPool) -> sqlx::Result<i64> {
    let verified = recount::compare(pool).await?;
    Ok(verified.differing + verified.miscounted + verified.pending)
}
