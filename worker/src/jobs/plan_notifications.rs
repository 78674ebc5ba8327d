//! Decides who hears of an event, and on which channel.

use super::JobError;
use shared::{error::ActionError, ids::EventId, notifications::actions::plan_event, work::Work};

pub(super) async fn run(work: &mut Work<'_>, event: EventId) -> Result<(), JobError> {
    plan_event(work, event).await.map_err(|error| match error {
        // An event is committed together with the job that names it: it will not turn up.
        ActionError::NotFound(_) => JobError::fail(error),
        error => JobError::retry(error),
    })
}
