//! A part of the feed for one person, from the database.

use super::{Live, Told, fan_out::Texts};
use actions::following;
use domain::{
    actor::Actor,
    feed::{FeedPosition, Sight},
    tickets::access::Scope,
};
use std::{collections::HashSet, sync::Arc};

/// Changes that are looked at for one part, of which most may be hidden from the person.
const LOOKED_AT: i64 = 500;

/// A part of the feed, as one person sees it.
pub(crate) struct Page {
    /// The events, in order.
    pub events: Vec<Arc<Told>>,
    /// Up to where the feed was looked at.
    pub position: FeedPosition,
    /// The number of changes that were looked at.
    pub looked_at: usize,
    /// Whether the feed may go on.
    pub has_more: bool,
}

/// At most `limit` events after a position, as `actor` may see them now.
///
/// # Errors
/// The database failed.
pub(crate) async fn page(
    live: &Live,
    actor: &Actor,
    after: FeedPosition,
    limit: usize,
) -> sqlx::Result<Page> {
    let mut db = live.cx.snapshot().await?;
    let mut batch = following::batch(&mut db, after, LOOKED_AT).await?;
    let all = batch.entries.len();
    let mut sights: Vec<_> = batch
        .entries
        .iter()
        .map(|entry| batch.sight(actor, entry))
        .collect();
    // The part ends before the first event that does not fit.
    let seen = sights
        .iter()
        .enumerate()
        .filter(|(_, sight)| **sight != Sight::Nothing);
    let cut = seen.map(|(at, _)| at).nth(limit);
    if let Some(at) = cut {
        sights.truncate(at);
        batch.entries.truncate(at);
    }
    let shown: HashSet<_> = batch
        .entries
        .iter()
        .zip(&sights)
        .filter(|(_, sight)| sight.is_shown())
        .map(|(entry, _)| entry.position)
        .collect();
    let details = batch
        .details(&mut db, &live.cx, |entry| shown.contains(&entry.position))
        .await?;
    drop(db);
    let viewer = Scope::of(actor).reader();
    let told = batch.entries.iter().zip(&sights);
    Ok(Page {
        events: told
            .filter_map(|(entry, sight)| Texts::new(live, entry, &details).of(viewer, *sight))
            .collect(),
        position: batch.entries.last().map_or(after, |entry| entry.position),
        looked_at: batch.entries.len(),
        has_more: cut.is_some() || i64::try_from(all).unwrap_or(i64::MAX) == LOOKED_AT,
    })
}
