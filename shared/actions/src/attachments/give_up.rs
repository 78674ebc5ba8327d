//! The uploads of a message that is redacted are given up.

use crate::{attachments::store, error::ActionError};
use domain::ids::MessageId;
use platform::work::UnitOfWork;

/// Gives them up, in the transaction of the redaction: nobody has them from then on, and the next
/// sweep deletes the bytes.
///
/// # Errors
/// The database failed.
pub async fn give_up_of_message(
    work: &mut UnitOfWork<'_>,
    message: MessageId,
) -> Result<(), ActionError> {
    store::give_up_of_message(&mut *work.tx, message).await?;
    Ok(())
}
