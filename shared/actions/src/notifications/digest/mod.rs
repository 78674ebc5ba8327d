//! A digest at delivery: which of its notifications are told, and the record of the outcome.

mod store;

use crate::notifications::{content, gather};
use domain::{
    actor::Initiator,
    ids::{DigestId, NotificationId},
    notifications::{
        NotificationStatus,
        content::{Content, Decision},
    },
};
use platform::context::Context;

pub(super) use store::{End, abandon, save, settle};

/// Fixes the entries of a digest that is due, and loads those that are to be told now. The others are dropped, or join the
/// next digest when quiet hours hold them back. Empty: nothing is to be told, or the digest was delivered.
///
/// # Errors
/// The database failed.
pub async fn open(cx: &Context, digest: DigestId) -> sqlx::Result<Vec<Content>> {
    let mut work = cx.begin(Initiator::System).await?;
    let now = work.now();
    if !gather::close(&mut work, digest).await? {
        return Ok(Vec::new());
    }
    let ids = store::open_entries(&mut *work.tx, digest).await?;
    // Committed before the contents are read, which takes another connection.
    work.commit().await?;
    let contents = content::load_all(&cx.pool, &ids).await?;
    let mut told = Vec::with_capacity(contents.len());
    let mut dropped = Vec::new();
    let mut work = cx.begin(Initiator::System).await?;
    for content in contents {
        match content.decide_gathered(now) {
            Decision::Send => told.push(content),
            Decision::Drop => dropped.push(content.id),
            Decision::Wait(until) => gather::hold_until(&mut work, content.id, until).await?,
        }
    }
    set_dropped(&mut work, &dropped).await?;
    work.commit().await?;
    Ok(told)
}

async fn set_dropped(
    work: &mut platform::work::UnitOfWork<'_>,
    dropped: &[NotificationId],
) -> sqlx::Result<()> {
    super::store::set_status(work, dropped, NotificationStatus::Dropped).await
}
