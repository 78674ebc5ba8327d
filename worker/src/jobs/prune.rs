//! Sweep: deletes jobs that were done long ago, expired sessions, old counts of mails, stored
//! responses that no later retry can ask for, old changes of the event feed, the log of webhooks, old
//! notifications in the app, the records of text and push messages, and uploads that were never attached. It
//! indexes tickets again that the release before has changed during an upgrade. It works in batches, so that no
//! statement locks many rows or takes long. Dead letters stay until an operator retries or cancels them.

use super::{Found, JobError};
use crate::JobContext;
use actions::{
    idempotency::{self, KEPT_FOR},
    notifications::{self, allowance, in_app, sms},
    people::store::delete_expired_sessions,
    push, webhooks,
};
use chrono::{DateTime, TimeDelta, Utc};
use jobs::store;
use platform::context::Context;

/// How long a client may be away and still catch up by the event feed.
const FEED_KEPT_FOR: TimeDelta = TimeDelta::days(2);
/// How long the log of webhooks is kept.
const WEBHOOK_LOG_KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// How long the numbers of text messages and their reports are kept.
const SMS_KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// How long it is kept what became of push messages.
const PUSH_KEPT_FOR: TimeDelta = TimeDelta::days(30);
/// How long it is kept that an address refused messages, after it may be tried again.
const UNDELIVERABLE_KEPT_FOR: TimeDelta = TimeDelta::days(90);
/// How long people see what they were told in the app.
const IN_APP_KEPT_FOR: TimeDelta = TimeDelta::days(90);
/// Rows deleted by one statement.
const BATCH: i64 = 5_000;

pub(super) async fn run(cx: &JobContext) -> Result<Found, JobError> {
    let (cx, files) = (&cx.cx, &cx.files);
    let before = cx.clock.now() - cx.config.jobs.keep_done;
    allowance::forget_before(&cx.pool, before.date_naive()).await?;
    sms::forget_before(&cx.pool, before.date_naive()).await?;
    let jobs = in_batches(|| store::delete_over(&cx.pool, cx.execution, before, BATCH)).await?;
    let now = cx.clock.now();
    let sessions = in_batches(|| delete_expired_sessions(&cx.pool, now, BATCH)).await?;
    let before = now - KEPT_FOR;
    let responses =
        in_batches(|| idempotency::store::delete_before(&cx.pool, before, BATCH)).await?;
    // Without a follower nobody else does it.
    actions::feed::advance(cx).await?;
    let before = now - FEED_KEPT_FOR;
    let feed = in_batches(|| actions::feed::prune(&cx.pool, before, BATCH)).await?;
    webhooks::store::expire_previous(&cx.pool, now).await?;
    let before = now - WEBHOOK_LOG_KEPT_FOR;
    let deliveries = in_batches(|| webhooks::store::prune(&cx.pool, before, BATCH)).await?;
    let notices = prune_notices(cx, now).await?;
    let indexed = actions::tickets::index_stale(cx).await?;
    // Last, since it calls another service.
    let uploads = actions::attachments::prune(cx, files).await?;
    let rows = jobs || sessions || responses || feed || deliveries || notices;
    Ok((rows || indexed || uploads > 0).into())
}

/// Deletes what is no longer needed of notifications; whether there was anything.
async fn prune_notices(cx: &Context, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let windows = in_batches(|| notifications::forget_windows_before(&cx.pool, now, BATCH)).await?;
    notifications::undeliverable::forget_before(&cx.pool, now - UNDELIVERABLE_KEPT_FOR).await?;
    notifications::digest::deliver_overdue(cx).await?;
    let before = in_app::first_id_at(now - IN_APP_KEPT_FOR);
    let in_app = in_batches(|| in_app::store::prune(&cx.pool, before, BATCH)).await?;
    let before = now - SMS_KEPT_FOR;
    let messages = in_batches(|| sms::prune(&cx.pool, before, BATCH)).await?;
    let before = now - PUSH_KEPT_FOR;
    let pushed = in_batches(|| push::prune(&cx.pool, before, BATCH)).await?;
    Ok(windows || in_app || messages || pushed)
}

/// Deletes batches until one deletes nothing; whether any row was deleted.
async fn in_batches<D>(mut delete: impl FnMut() -> D) -> sqlx::Result<bool>
where
    D: Future<Output = sqlx::Result<u64>>,
{
    let mut any = false;
    while delete().await? > 0 {
        any = true;
    }
    Ok(any)
}
