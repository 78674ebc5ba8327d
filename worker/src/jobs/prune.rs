//! Sweep: deletes jobs that were done long ago, logins that have expired, old counts of mails,
//! answers that no repeat gets any more and uploads that nobody attached, a piece at a time, so that
//! no statement holds many rows or takes long. Dead letters stay until somebody decides about them.

use super::JobError;
use crate::JobContext;
use actions::{
    idempotency::{self, KEPT_FOR},
    notifications::allowance,
};
use jobs::store;

/// Rows that one statement deletes.
const PIECE: i64 = 5_000;

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    let (cx, files) = (&cx.cx, &cx.files);
    let before = cx.clock.now() - cx.config.jobs.keep_done;
    allowance::forget_before(&cx.pool, before.date_naive()).await?;
    while store::delete_over(&cx.pool, cx.lane, before, PIECE).await? > 0 {}
    let now = cx.clock.now();
    while actions::people::store::delete_expired_sessions(&cx.pool, now, PIECE).await? > 0 {}
    let before = now - KEPT_FOR;
    while idempotency::store::delete_before(&cx.pool, before, PIECE).await? > 0 {}
    // Last, since it is the one that talks to somebody else.
    Ok(actions::attachments::prune(cx, files).await?)
}
