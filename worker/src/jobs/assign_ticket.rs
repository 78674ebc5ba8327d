//! Finds an agent for a ticket. Nobody free is no failure: whoever becomes free looks for what
//! waits, and so does a sweep.

use super::JobError;
use shared::{assignment::actions::assign_automatically, ids::TicketId, work::Work};

pub(super) async fn run(work: &mut Work<'_>, ticket: TicketId) -> Result<(), JobError> {
    assign_automatically(work, ticket).await?;
    Ok(())
}
