//! The uploads of a message are deleted when the message is redacted.

use crate::{attachments::store, error::ActionError};
use domain::ids::MessageId;
use platform::work::UnitOfWork;

/// Marks the uploads of a message as deleted, in the transaction of the redaction. Nobody can download them from
/// then on; the next sweep deletes their bytes.
///
/// # Errors
/// The database failed.
pub async fn mark_deleted_with_message(
    work: &mut UnitOfWork<'_>,
    message: MessageId,
) -> Result<(), ActionError> {
    store::mark_deleted_with_message(&mut *work.tx, message).await?;
    Ok(())
}
