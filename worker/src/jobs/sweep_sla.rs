//! Sweep: puts deadlines that came near or passed on record.

use super::JobError;
use crate::JobContext;
use shared::sla::actions::sweep;

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    let swept = sweep(&cx.cx).await?;
    if swept.found > 0 {
        tracing::info!(
            sla.found = swept.found,
            sla.escalated = swept.escalated,
            "deadlines came due"
        );
    }
    Ok(())
}
