//! Sweep: finds agents for whatever waits.

use super::JobError;
use crate::JobContext;
use shared::assignment::actions::assign_waiting;

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    assign_waiting(&cx.cx).await?;
    Ok(())
}
