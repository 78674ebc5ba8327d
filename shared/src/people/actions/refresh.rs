//! Going on with a session after its access token has expired.

use crate::{
    context::Context,
    error::ActionError,
    people::{
        LoggedIn, RefreshToken,
        sessions::{self, store},
        store::person,
    },
    work::By,
};

const REFUSED: ActionError = ActionError::Unauthenticated("invalid_refresh_token");

/// Spends a refresh token and gives its successor.
///
/// # Errors
/// The token is unknown, expired or of a session that ended. One that was spent before ends its
/// session, and that is committed although the answer is a refusal.
pub async fn refresh(cx: &Context, token: &RefreshToken) -> Result<LoggedIn, ActionError> {
    let mut work = cx.begin(By::System).await?;
    let hash = token.hash();
    let Some(found) = store::lock_refresh_token(&mut work.tx, &hash).await? else {
        return Err(REFUSED);
    };
    if found.spent_at.is_some() {
        let now = work.now();
        store::revoke_session(&mut work.tx, found.session_id, now).await?;
        work.commit().await?;
        return Err(REFUSED);
    }
    if found.revoked_at.is_some() || !found.active || found.expires_at <= work.now() {
        return Err(REFUSED);
    }
    let now = work.now();
    store::spend_refresh_token(&mut work.tx, &hash, now).await?;
    let refresh_token = sessions::issue(&mut work, found.session_id).await?;
    let person = person(&mut work.tx, found.user_id, cx.config.tickets.load).await?;
    work.commit().await?;
    Ok(LoggedIn {
        person,
        session: found.session_id,
        refresh_token,
    })
}
