//! Sweep: counts the changed buckets again. It takes no input. A second run, also a concurrent one, changes
//! nothing.

use crate::stats::store::{self, Dirty};
use platform::{context::Context, db};

/// Marks that one transaction processes, so that transactions stay short.
const MARKS_PER_BATCH: i64 = 1_000;

/// Batches of one run. The rest of a longer backlog is left to the next run, and [`domain::stats::Stats::as_of`]
/// stays as it was until then.
const BATCHES_PER_RUN: usize = 20;

/// The result of a batch, with the number of buckets that were counted.
enum Batch {
    /// Another process does the roll-up.
    Locked,
    /// There may be more marks.
    Full(usize),
    /// No marks are left.
    Last(usize),
}

/// Updates the aggregates. The result is the number of buckets that were counted again.
///
/// # Errors
/// The database failed. Batches that were committed by then stay; the other marks are still there.
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
    // The instant is read before the marks: every change that was committed by then has its mark among them.
    let as_of = cx.clock.now();
    let mut tx = db::begin_unlimited(&cx.pool).await?;
    if !store::try_lock(&mut tx).await? {
        return Ok(Batch::Locked);
    }
    let dirty = store::take_dirty(&mut tx, MARKS_PER_BATCH).await?;
    let marks: i64 = dirty.iter().map(|dirty| dirty.marks).sum();
    let buckets: Vec<_> = dirty.iter().map(|Dirty { bucket, .. }| *bucket).collect();
    if !buckets.is_empty() {
        store::recount_buckets(&mut tx, &buckets).await?;
    }
    let is_last = marks < MARKS_PER_BATCH;
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
