//! Sweep: deletes jobs that were done long ago, expired sessions, old counts of mails, stored
//! responses that no retry can ask for any more, and uploads that were never attached. It works in
//! batches, so that no statement locks many rows or takes long. Dead letters stay until an operator
//! retries or cancels them.

use super::JobError;
use crate::JobContext;
use actions::{
    idempotency::{self, KEPT_FOR},
    notifications::allowance,
};
use jobs::store;

/// Rows deleted by one statement.
const BATCH: i64 = 5_000;

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    let (cx, files) = (&cx.cx, &cx.files);
    let before = cx.clock.now() - cx.config.jobs.keep_done;
    allowance::forget_before(&cx.pool, before.date_naive()).await?;
    while store::delete_over(&cx.pool, cx.execution, before, BATCH).await? > 0 {}
    let now = cx.clock.now();
    while actions::people::store::delete_expired_sessions(&cx.pool, now, BATCH).await? > 0 {}
    let before = now - KEPT_FOR;
    while idempotency::store::delete_before(&cx.pool, before, BATCH).await? > 0 {}
    // Last, since it calls another service.
    Ok(actions::attachments::prune(cx, files).await?)
}
