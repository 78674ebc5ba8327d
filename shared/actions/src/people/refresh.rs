//! A refresh token renews a session after its access token has expired.

use crate::{
    error::ActionError,
    people::{
        LoggedIn, RefreshToken,
        sessions::{self, store},
        store::person,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use platform::work::UnitOfWork;

/// The time after its first use in which a spent refresh token is accepted once more: two tabs of one browser refresh at
/// once, and a client whose response was lost asks again.
const SECOND_USE: TimeDelta = TimeDelta::seconds(10);

const REFUSED: ActionError = ActionError::Unauthenticated("invalid_refresh_token");

/// The result of a refresh. The caller commits in both cases.
#[derive(Debug)]
pub enum Refreshed {
    /// The token was valid; it is spent now and has a successor.
    Renewed(Box<LoggedIn>),
    /// The token had been spent before, for longer than [`SECOND_USE`] or twice, so that its session is revoked. The
    /// response is a refusal.
    Revoked,
}

impl Refreshed {
    /// The renewed login, once the work is committed.
    ///
    /// # Errors
    /// [`ActionError::Unauthenticated`] when the session was revoked.
    pub fn into_login(self) -> Result<LoggedIn, ActionError> {
        match self {
            Self::Renewed(login) => Ok(*login),
            Self::Revoked => Err(REFUSED),
        }
    }
}

/// Spends a refresh token and issues its successor. A spent token gets one more successor within [`SECOND_USE`]; any
/// later use revokes the session, since one of the two users may be a thief.
///
/// # Errors
/// [`ActionError::Unauthenticated`] when the token is unknown or expired, or its session or account is closed; the
/// database failed.
pub async fn refresh(
    work: &mut UnitOfWork<'_>,
    token: &RefreshToken,
) -> Result<Refreshed, ActionError> {
    let (now, hash) = (work.now(), token.hash());
    let Some(found) = store::lock_refresh_token(&mut work.tx, &hash).await? else {
        return Err(REFUSED);
    };
    if found.spent_at.is_some() && !may_be_used_again(&found, now) {
        store::revoke_session(&mut work.tx, found.session_id, now).await?;
        return Ok(Refreshed::Revoked);
    }
    if found.revoked_at.is_some() || !found.active || found.expires_at <= now {
        return Err(REFUSED);
    }
    if found.spent_at.is_none() {
        store::spend_refresh_token(&mut work.tx, &hash, now).await?;
    } else {
        store::mark_used_again(&mut work.tx, &hash, now).await?;
    }
    let refresh_token = sessions::issue(work, found.session_id).await?;
    let load = work.cx.config.tickets.load;
    let person = person(&mut work.tx, found.user_id, load).await?;
    Ok(Refreshed::Renewed(Box::new(LoggedIn {
        person,
        session: found.session_id,
        refresh_token,
    })))
}

fn may_be_used_again(found: &store::FoundRefreshToken, now: DateTime<Utc>) -> bool {
    let is_recent = found
        .spent_at
        .is_some_and(|spent| now - spent <= SECOND_USE);
    is_recent && found.used_again_at.is_none()
}
