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

/// In place of a version, it tells that a person has read notifications from that a new one was made, which has none. A
/// kind of its own would be an error to the processes of the release before, which read the feed during an upgrade.
pub(crate) const READ: Option<i64> = Some(1);

/// Adds a change of an agent's availability to the feed.
///
/// # Errors
/// The database failed.
pub async fn add_availability(work: &mut UnitOfWork<'_>, agent: UserId) -> sqlx::Result<()> {
    add(work, FeedKind::Availability, agent, None).await
}

/// Adds to the feed that a person has read notifications.
///
/// # Errors
/// The database failed.
pub async fn add_read(work: &mut UnitOfWork<'_>, person: UserId) -> sqlx::Result<()> {
    add(work, FeedKind::Notification, person, READ).await
}

async fn add(
    work: &mut UnitOfWork<'_>,
    kind: FeedKind,
    about: UserId,
    version: Option<i64>,
) -> sqlx::Result<()> {
    let now = work.now();
    let id = work.cx.ids.uuid(now);
    store::insert(&mut *work.tx, kind, (id, about), version, now).await?;
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
