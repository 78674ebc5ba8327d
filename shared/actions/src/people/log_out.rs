//! A person logs out.

use crate::{error::ActionError, people::sessions::store};
use domain::ids::SessionId;
use platform::work::UnitOfWork;

/// Revokes the session. Its access token and its refresh token are invalid from then on.
///
/// # Errors
/// The database failed.
pub async fn log_out(work: &mut UnitOfWork<'_>, session: SessionId) -> Result<(), ActionError> {
    let now = work.now();
    store::revoke_session(&mut work.tx, session, now).await?;
    Ok(())
}
