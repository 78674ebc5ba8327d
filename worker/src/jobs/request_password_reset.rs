//! Mails a link to a new password, if the address of the request is known.

use super::JobError;
use shared::{ids::ResetRequestId, people::actions::answer_reset_request, work::Work};

pub(super) async fn run(work: &mut Work<'_>, request: ResetRequestId) -> Result<(), JobError> {
    answer_reset_request(work, request).await?;
    Ok(())
}
