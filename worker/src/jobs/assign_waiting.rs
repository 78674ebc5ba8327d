//! Sweep: puts back what agents have who are gone for long, and finds agents for whatever waits.

use super::JobError;
use crate::JobContext;
use shared::{assignment::actions::assign_waiting, tickets::actions::release_of_offline};

pub(super) async fn run(cx: &JobContext) -> Result<(), JobError> {
    // Whether or not that went well, what waits is given out.
    let released = release_of_offline(&cx.cx).await;
    assign_waiting(&cx.cx).await?;
    released?;
    Ok(())
}
