//! Sweep: brings the aggregates up to date. Twice is harmless: buckets are counted anew, and of
//! two at once the second finds the lock taken and leaves the work to the first.

use super::JobError;
use crate::JobContext;

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    shared::stats::roll_up(&cx.cx).await?;
    Ok(())
}
