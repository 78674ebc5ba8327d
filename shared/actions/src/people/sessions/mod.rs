//! Logins. A session is one device's; its refresh tokens succeed each other, and the use of one
//! that has had its successor ends the session, since either user is then a thief.
//!
//! Races: two uses of one token at once lock its row one after the other, and the second finds it
//! spent. A session that ends while its token is renewed is found ended, or ends right after.

pub(super) mod store;

pub use store::role_in_session;

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

/// How long a refresh token may wait for its use.
const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(30);

/// A refresh token: 32 random bytes as text. Only its hash is kept, and its text is not shown.
pub struct RefreshToken(String);

impl RefreshToken {
    /// The token that somebody presents, whatever it is.
    #[must_use]
    pub const fn presented(text: String) -> Self {
        Self(text)
    }

    /// The text, for its owner alone.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(in crate::people) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken(…)")
    }
}

/// Somebody who is logged in.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who.
    pub person: Person,
    /// The session.
    pub session: SessionId,
    /// How it goes on when the access token has expired.
    pub refresh_token: RefreshToken,
}

/// Opens a session.
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

/// Gives a session its next refresh token.
pub(in crate::people) async fn issue(
    work: &mut UnitOfWork<'_>,
    session: SessionId,
) -> Result<RefreshToken, ActionError> {
    let token = RefreshToken(URL_SAFE_NO_PAD.encode(work.cx.ids.bytes::<32>()));
    let expires_at = work.now() + REFRESH_LIFETIME;
    store::insert_refresh_token(&mut work.tx, &token.hash(), session, expires_at).await?;
    Ok(token)
}
