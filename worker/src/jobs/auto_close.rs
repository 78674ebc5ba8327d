//! Sweep: closes what was resolved long ago, reminds and resolves what waits for a customer.

use super::JobError;
use crate::JobContext;
use shared::tickets::actions::auto_close;

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    auto_close(&cx.cx).await?;
    Ok(())
}
