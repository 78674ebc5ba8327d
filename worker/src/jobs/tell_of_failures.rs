//! Tells the owner of an account of failed logins, if the address of the report is known.

use super::JobError;
use shared::{ids::ResetRequestId, people::actions::answer_failure_report, work::Work};

pub(super) async fn run(work: &mut Work<'_>, request: ResetRequestId) -> Result<(), JobError> {
    answer_failure_report(work, request).await?;
    Ok(())
}
