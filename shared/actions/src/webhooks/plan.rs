//! The planner: deliveries from the feed, and which of them begin now.

use super::store::{self, NewDelivery, Subscriber};
use crate::{
    feed, following,
    job_list::{self, Job},
    webhooks::MOST_WEBHOOKS,
};
use domain::{actor::Initiator, feed::FeedPosition, ids::WebhookDeliveryId, webhooks::Thin};
use platform::{context::Context, work::UnitOfWork};

/// Entries of the feed that one transaction reads.
const BATCH: i64 = 200;

/// The result of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Nothing was left to plan or to begin.
    Idle,
    /// Something was planned or begun; there may be more.
    Busy,
    /// Another process plans.
    Elsewhere,
}

/// What a planning did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned {
    /// Another transaction holds the cursor.
    Elsewhere,
    /// So many deliveries were made, and so many began.
    Here {
        /// Whether the feed had entries that were not planned yet.
        read_any: bool,
        /// The deliveries that began.
        begun: usize,
    },
}

/// One pass: plans what the feed has gained, and begins what may begin. Without an endpoint it costs one query.
///
/// # Errors
/// The database failed; then nothing was planned.
pub async fn pass(cx: &Context) -> sqlx::Result<Pass> {
    if !store::has_work(&cx.pool).await? {
        return Ok(Pass::Idle);
    }
    feed::advance(cx).await?;
    let mut work = cx.begin(Initiator::System).await?;
    let planned = plan(&mut work).await?;
    work.commit().await?;
    Ok(match planned {
        Planned::Elsewhere => Pass::Elsewhere,
        Planned::Here {
            read_any: false,
            begun: 0,
        } => Pass::Idle,
        Planned::Here { .. } => Pass::Busy,
    })
}

/// Plans in a transaction: the cursor, the deliveries and their jobs are committed together or not at all.
///
/// # Errors
/// The database failed.
pub async fn plan(work: &mut UnitOfWork<'_>) -> sqlx::Result<Planned> {
    let Some(cursor) = store::lock_cursor(&mut *work.tx).await? else {
        return Ok(Planned::Elsewhere);
    };
    let subscribers = store::subscribers(&mut *work.tx, MOST_WEBHOOKS).await?;
    let read_any = match subscribers.iter().map(|one| one.after).min() {
        Some(earliest) => follow(work, cursor, cursor.max(earliest), &subscribers).await?,
        None => false,
    };
    let now = work.now();
    let mut begun = store::take_asked_for(&mut work.tx, now).await?;
    begun.extend(store::take_due(&mut work.tx, now).await?);
    let jobs: Vec<_> = begun
        .iter()
        .map(|delivery| Job::DeliverWebhook {
            delivery: *delivery,
        })
        .collect();
    job_list::enqueue_all(work, &jobs).await?;
    Ok(Planned::Here {
        read_any,
        begun: begun.len(),
    })
}

/// Makes deliveries of what the feed has after a position, and moves the cursor. Returns whether there was anything.
async fn follow(
    work: &mut UnitOfWork<'_>,
    cursor: FeedPosition,
    mut from: FeedPosition,
    subscribers: &[Subscriber],
) -> sqlx::Result<bool> {
    if !feed::is_known(&mut *work.tx, from).await? {
        from = feed::last(&mut *work.tx).await?;
        tracing::warn!(
            "webhooks were so far behind that events are no longer kept: they continue with the newest"
        );
    }
    let batch = following::batch(&mut work.tx, from, BATCH).await?;
    let mut fresh = Vec::new();
    for entry in &batch.entries {
        let Some(thin) = Thin::of(entry, batch.ticket(entry)) else {
            continue;
        };
        let wanted = subscribers.iter().filter(|one| {
            one.after < entry.position && (one.events.is_empty() || one.events.contains(&thin.kind))
        });
        fresh.extend(wanted.map(|one| NewDelivery {
            id: WebhookDeliveryId(work.cx.ids.uuid(work.now())),
            webhook: one.id,
            event: entry.id,
            kind: thin.kind,
            subject: thin.subject,
            position: entry.position,
            body: thin.body.clone(),
        }));
    }
    let now = work.now();
    if !fresh.is_empty() {
        store::insert(&mut work.tx, &fresh, now).await?;
    }
    let reached = batch.last.unwrap_or(from);
    if reached != cursor {
        store::move_cursor(&mut *work.tx, reached).await?;
    }
    Ok(batch.last.is_some())
}
