//! Sessions. A session belongs to one device. Each refresh token is spent by its first use, which issues the next
//! one. A second use revokes the session, since one of the two users is a thief.
//!
//! Races: two uses of one token at once lock its row one after the other; the second finds it spent. A session
//! that is revoked during a refresh is found revoked, or is revoked right after it.

pub(super) mod store;

pub use store::{role_in_session, roles_in_sessions};

use crate::error::ActionError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::{
    ids::{SessionId, UserId},
    people::Person,
};
use platform::work::UnitOfWork;
use sha2::{Digest, Sha256};
use std::fmt;

/// The lifetime of a refresh token.
const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(30);

/// A refresh token: 32 random bytes in Base64. Only its SHA-256 hash is stored, and `Debug` does not show it.
pub struct RefreshToken(String);

impl RefreshToken {
    /// The token of a request, not checked yet.
    #[must_use]
    pub const fn presented(text: String) -> Self {
        Self(text)
    }

    /// The text, which only the owner may see.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The hash under which it is stored.
    pub(in crate::people) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// A person with an open session.
#[derive(Debug)]
pub struct LoggedIn {
    /// The person.
    pub person: Person,
    /// The session.
    pub session: SessionId,
    /// The refresh token, for the time when the access token has expired.
    pub refresh_token: RefreshToken,
}

/// Opens a session with its first refresh token.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn open(
    work: &mut UnitOfWork<'_>,
    user: UserId,
) -> Result<(SessionId, RefreshToken), ActionError> {
    let session = SessionId(work.cx.ids.uuid(work.now()));
    let now = work.now();
    store::insert_session(&mut work.tx, session, user, now).await?;
    let token = issue(work, session).await?;
    Ok((session, token))
}

/// Issues the next refresh token of a session.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn issue(
    work: &mut UnitOfWork<'_>,
    session: SessionId,
) -> Result<RefreshToken, ActionError> {
    let token = RefreshToken(URL_SAFE_NO_PAD.encode(work.cx.ids.bytes::<32>()));
    let expires_at = work.now() + REFRESH_LIFETIME;
    store::insert_refresh_token(&mut work.tx, &token.hash(), session, expires_at).await?;
    Ok(token)
}
