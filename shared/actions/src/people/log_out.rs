//! Ending a session.

use crate::{error::ActionError, people::sessions::store};
use domain::ids::SessionId;
use platform::work::UnitOfWork;

/// Ends the session: neither its access token nor its refresh token is good from then on.
///
/// # Errors
/// The database failed.
pub async fn log_out(work: &mut UnitOfWork<'_>, session: SessionId) -> Result<(), ActionError> {
    let now = work.now();
    store::revoke_session(&mut work.tx, session, now).await?;
    Ok(())
}
