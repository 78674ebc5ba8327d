//! The statistics of a period. The caller checks the permission: they are for admins.

use crate::stats::store;
use domain::{
    ids::UserId,
    stats::{Range, Stats},
};
use platform::{context::Context, db};

/// The statistics of the tickets that were created in a period. `agent` narrows only [`Stats::agent_stats`]: to the
/// tickets of this agent, instead of all assigned tickets.
///
/// # Errors
/// The database failed.
pub async fn stats(cx: &Context, range: &Range, agent: Option<UserId>) -> sqlx::Result<Stats> {
    let mut tx = db::snapshot(&cx.pool).await?;
    let as_of = store::as_of(&mut tx).await?;
    let groups = store::groups(&mut tx, range, agent).await?;
    let ratings = store::ratings(&mut tx, range, agent).await?;
    tx.commit().await?;
    Ok(Stats::of(&groups, ratings, as_of))
}
