//! The statistics of a period. Who may ask is for the caller to settle: they are an admin's.

use crate::stats::store;
use domain::{
    ids::UserId,
    stats::{Range, Stats},
};
use platform::{context::Context, db};

/// Reads the statistics of the tickets created in a period. `agent` narrows
/// [`Stats::agent_stats`] alone, to that agent instead of all tickets that any agent has.
///
/// # Errors
/// The database failed.
pub async fn stats(
    cx: &Context,
    range: &Range,
    agent: Option<UserId>,
) -> sqlx::Result<Stats> {
    let mut tx = db::snapshot(&cx.pool).await?;
    let as_of = store::as_of(&mut tx).await?;
    let groups = store::groups(&mut tx, range, agent).await?;
    let ratings = store::ratings(&mut tx, range, agent).await?;
    tx.commit().await?;
    Ok(Stats::of(&groups, ratings, as_of))
}
