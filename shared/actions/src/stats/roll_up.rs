//! Sweep: computes the rows of changed tickets anew. It takes no input. A second run, also a concurrent one, changes
//! nothing.

use crate::{
    feed,
    stats::store::rows::{self, Cursor},
};
use platform::{context::Context, db};
use sqlx::PgConnection;
use uuid::Uuid;

/// Changes, or tickets, that one transaction processes, so that transactions stay short.
const BATCH: i64 = 1_000;

/// Batches of one run. The rest is left to the next run, and `asOf` stays as it was until then.
const BATCHES_PER_RUN: usize = 20;

/// The result of a batch.
enum Batch {
    /// Another process does it.
    Locked,
    /// There is more to do.
    Full(Computed),
    /// Everything is counted.
    Last(Computed),
}

/// Rows that were computed.
#[derive(Debug, Clone, Copy, Default)]
struct Computed {
    /// The rows that differed from before.
    changed: u64,
    /// The rows that a rebuild has looked at.
    refilled: u64,
}

/// Follows the feed, and returns the number of rows that changed.
///
/// # Errors
/// The database failed. Batches that were committed by then stay, and the next run continues after them.
pub async fn roll_up(cx: &Context) -> sqlx::Result<u64> {
    let mut changed = 0;
    for _ in 0..BATCHES_PER_RUN {
        match batch(cx).await? {
            Batch::Locked => break,
            Batch::Full(computed) => changed += computed.changed,
            Batch::Last(computed) => {
                changed += computed.changed;
                break;
            }
        }
    }
    Ok(changed)
}

/// How far a rebuild is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rebuilt {
    /// Tickets whose rows were computed, so far.
    pub computed: u64,
    /// Rows that were wrong or missing, so far.
    pub changed: u64,
    /// Whether all rows are computed.
    pub is_complete: bool,
}

/// Computes all rows anew. `progress` is called after each batch.
///
/// # Errors
/// The database failed; the next roll-ups continue.
pub async fn rebuild(cx: &Context, mut progress: impl FnMut(Rebuilt)) -> sqlx::Result<Rebuilt> {
    rows::begin_refill(&cx.pool).await?;
    let mut rebuilt = Rebuilt::default();
    while !rebuilt.is_complete {
        match batch(cx).await? {
            // A worker computes a batch at the moment, also of those that were ordered here.
            Batch::Locked => tokio::task::yield_now().await,
            Batch::Full(computed) | Batch::Last(computed) => {
                rebuilt.changed += computed.changed;
                rebuilt.computed += computed.refilled;
            }
        }
        rebuilt.is_complete = !rows::is_refilling(&cx.pool).await?;
        progress(rebuilt);
    }
    Ok(rebuilt)
}

async fn batch(cx: &Context) -> sqlx::Result<Batch> {
    // The instant is read before the changes: every change that was committed by then is among them.
    let as_of = cx.clock.now();
    feed::advance(cx).await?;
    let mut tx = db::begin_unlimited(&cx.pool).await?;
    let Some(locked) = rows::lock(&mut tx).await? else {
        return Ok(Batch::Locked);
    };
    let cursor = if feed::is_known(&mut *tx, locked.position).await? {
        locked
    } else {
        // Changes are missing: the rows are computed from the tickets, and the feed is followed from here on.
        Cursor {
            position: feed::last(&mut *tx).await?,
            refilled_to: Some(Uuid::nil()),
        }
    };
    let (cursor, followed) = follow(&mut tx, cursor).await?;
    let (cursor, refilled) = refill(&mut tx, cursor).await?;
    rows::move_to(&mut tx, cursor).await?;
    let is_last = followed.is_last && refilled.is_last;
    if is_last {
        rows::set_as_of(&mut tx, as_of).await?;
    }
    tx.commit().await?;
    let computed = Computed {
        changed: followed.changed + refilled.changed,
        refilled: refilled.tickets,
    };
    Ok(if is_last {
        Batch::Last(computed)
    } else {
        Batch::Full(computed)
    })
}

/// What a step has done.
struct Step {
    tickets: u64,
    changed: u64,
    is_last: bool,
}

/// Computes the rows of the tickets that changed after the cursor.
async fn follow(tx: &mut PgConnection, cursor: Cursor) -> sqlx::Result<(Cursor, Step)> {
    let changes = rows::changes_after(tx, cursor.position, BATCH).await?;
    let mut tickets: Vec<_> = changes.iter().filter_map(|change| change.ticket).collect();
    tickets.sort_unstable();
    tickets.dedup();
    let position = changes
        .last()
        .map_or(cursor.position, |change| change.position);
    let step = Step {
        tickets: count(&tickets),
        changed: compute(tx, &tickets).await?,
        is_last: is_last(changes.len()),
    };
    Ok((Cursor { position, ..cursor }, step))
}

/// Computes the rows of the next tickets, if all are to be computed anew.
async fn refill(tx: &mut PgConnection, cursor: Cursor) -> sqlx::Result<(Cursor, Step)> {
    let Some(after) = cursor.refilled_to else {
        let nothing = Step {
            tickets: 0,
            changed: 0,
            is_last: true,
        };
        return Ok((cursor, nothing));
    };
    let tickets = rows::tickets_after(tx, after, BATCH).await?;
    let is_last = is_last(tickets.len());
    let last = tickets.last().copied();
    let until = if is_last {
        Uuid::max()
    } else {
        last.unwrap_or(after)
    };
    rows::delete_strays(tx, after, until).await?;
    let step = Step {
        tickets: count(&tickets),
        changed: compute(tx, &tickets).await?,
        is_last,
    };
    if is_last {
        rows::count_again(tx).await?;
    }
    let refilled_to = last.filter(|_| !is_last);
    Ok((
        Cursor {
            refilled_to,
            ..cursor
        },
        step,
    ))
}

async fn compute(tx: &mut PgConnection, tickets: &[Uuid]) -> sqlx::Result<u64> {
    if tickets.is_empty() {
        return Ok(0);
    }
    rows::mark_for_release_before(tx, tickets).await?;
    rows::compute(tx, tickets).await
}

fn count(tickets: &[Uuid]) -> u64 {
    u64::try_from(tickets.len()).unwrap_or(u64::MAX)
}

/// Whether nothing follows a batch of that length.
fn is_last(length: usize) -> bool {
    i64::try_from(length).is_ok_and(|length| length < BATCH)
}
