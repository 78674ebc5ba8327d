//! Gives waiting tickets to an agent who has room.

use super::JobError;
use crate::JobContext;
use shared::{assignment::actions::fill_agent, ids::UserId};

pub(super) async fn run(cx: &JobContext, agent: UserId) -> Result<(), JobError> {
    fill_agent(&cx.cx, agent).await?;
    Ok(())
}
