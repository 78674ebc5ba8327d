//! Sweep: records deadlines that are near or have passed.

use super::{Found, JobError};
use crate::JobContext;
use actions::tickets;
use std::num::NonZeroUsize;

/// The most tickets at a time. More bring little: the history and its jobs are the cost.
const AT_A_TIME: NonZeroUsize = NonZeroUsize::MIN.saturating_add(3);

pub(super) async fn run(cx: &JobContext) -> Result<Found, JobError> {
    let (_held, at_a_time) = cx.slots.take_more(AT_A_TIME);
    let swept = tickets::sweep_sla(&cx.cx, at_a_time).await?;
    if swept.found > 0 {
        tracing::info!(
            sla.found = swept.found,
            sla.escalated = swept.escalated,
            "deadlines came due"
        );
    }
    Ok((swept.found > 0 || swept.failed > 0).into())
}
