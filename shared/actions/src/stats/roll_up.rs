//! Sweep: counts the buckets anew that have changed. It takes no input; running it twice, or at
//! once with another, changes nothing.

use crate::stats::store::{self, Dirty};
use platform::{context::Context, db};

/// Notes taken off the list in one transaction: what a transaction recounts stays short.
const NOTES_PER_BATCH: i64 = 1_000;

/// Batches in one run. A backlog that is longer is left to the next tick, and [`domain::stats::Stats::as_of`]
/// stays where it was until then.
const BATCHES_PER_RUN: usize = 20;

/// How a batch ended.
enum Batch {
    /// Somebody else is on it.
    Locked,
    /// There may be more.
    Full(usize),
    /// Nothing is left.
    Last(usize),
}

/// Brings the aggregates up to date, and returns how many buckets were counted anew.
///
/// # Errors
/// The database failed. What was counted until then stays, and the rest is still on the list.
pub async fn roll_up(cx: &Context) -> sqlx::Result<u64> {
    let mut counted = 0;
    for _ in 0..BATCHES_PER_RUN {
        match batch(cx).await? {
            Batch::Locked => break,
            Batch::Full(buckets) => counted += buckets,
            Batch::Last(buckets) => {
                counted += buckets;
                break;
            }
        }
    }
    Ok(u64::try_from(counted).unwrap_or(u64::MAX))
}

async fn batch(cx: &Context) -> sqlx::Result<Batch> {
    // Taken before the notes are: all that was committed by this instant is among them.
    let as_of = cx.clock.now();
    let mut tx = db::begin_unlimited(&cx.pool).await?;
    if !store::try_lock(&mut tx).await? {
        return Ok(Batch::Locked);
    }
    let dirty = store::take_dirty(&mut tx, NOTES_PER_BATCH).await?;
    let notes: i64 = dirty.iter().map(|dirty| dirty.notes).sum();
    let buckets: Vec<_> = dirty.iter().map(|Dirty { bucket, .. }| *bucket).collect();
    if !buckets.is_empty() {
        store::recount_buckets(&mut tx, &buckets).await?;
    }
    let is_last = notes < NOTES_PER_BATCH;
    if is_last {
        store::set_as_of(&mut tx, as_of).await?;
    }
    tx.commit().await?;
    Ok(if is_last {
        Batch::Last(buckets.len())
    } else {
        Batch::Full(buckets.len())
    })
}
