//! The event feed: changes that are committed, in one order. A reader continues after the last position that it read,
//! and gets every change exactly once, those of a ticket in their order.
//!
//! A change writes `feed_pending` in its transaction. [`advance`] moves committed rows to `feed` and gives them
//! positions, one caller at a time. Races:
//! - two processes advance at once: the second waits for the first, and finds its rows moved;
//! - a process dies while it advances: its transaction is rolled back, and the next caller moves the rows;
//! - a change commits while another one is being moved: it is moved by the next call, with a greater position;
//! - rows are pruned while somebody is far behind: the position is no longer [known](is_known), which the reader is
//!   told.

mod store;

pub use store::{is_known, last, prune};

use domain::{feed::FeedKind, ids::UserId};
use platform::{context::Context, db, work::UnitOfWork};

/// Rows that one transaction moves.
const MOVED_AT_ONCE: i64 = 1_000;

/// Adds a change of an agent's availability to the feed.
///
/// # Errors
/// The database failed.
pub async fn add_availability(work: &mut UnitOfWork<'_>, agent: UserId) -> sqlx::Result<()> {
    let id = work.cx.ids.uuid(work.now());
    add(work, FeedKind::Availability, id, agent).await
}

async fn add(
    work: &mut UnitOfWork<'_>,
    kind: FeedKind,
    id: uuid::Uuid,
    about: UserId,
) -> sqlx::Result<()> {
    let now = work.now();
    store::insert(&mut *work.tx, kind, id, about, now).await?;
    work.grow_feed();
    Ok(())
}

/// Gives positions to all changes that are committed by now.
///
/// # Errors
/// The database failed.
pub async fn advance(cx: &Context) -> sqlx::Result<()> {
    while store::has_pending(&cx.pool).await? {
        let mut tx = db::begin(&cx.pool).await?;
        // A later statement than the lock: it sees what the previous holder has committed.
        store::lock(&mut *tx).await?;
        let moved = store::move_pending(&mut *tx, MOVED_AT_ONCE).await?;
        tx.commit().await?;
        if moved == 0 {
            return Ok(());
        }
    }
    Ok(())
}
