//! Ending a session.

use crate::{
    context::Context,
    error::ActionError,
    ids::SessionId,
    people::sessions::store,
    work::{Actor, By},
};

/// Ends the session: neither its access token nor its refresh token is good from then on.
///
/// # Errors
/// The database failed.
pub async fn log_out(cx: &Context, by: Actor, session: SessionId) -> Result<(), ActionError> {
    let mut work = cx.begin(By::Person(by)).await?;
    let now = work.now();
    store::revoke_session(&mut work.tx, session, now).await?;
    work.commit().await?;
    Ok(())
}
