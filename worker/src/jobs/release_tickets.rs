//! Puts the tickets of somebody who is no agent any more back to the queue.

use super::JobError;
use crate::JobContext;
use shared::{
    ids::UserId,
    tickets::actions::{Release, release},
    work::By,
};

pub(super) async fn run(cx: &JobContext, agent: UserId) -> Result<(), JobError> {
    release(&cx.cx, agent, By::System, Release::UnlessBack).await?;
    Ok(())
}
