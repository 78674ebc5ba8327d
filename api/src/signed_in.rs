//! The caller of a request or a socket, once the token is verified.

use crate::{authentication_failures::revoked_token, error::Problem};
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Caller},
    ids::SessionId,
};
use sqlx::PgExecutor;

/// A caller with a valid access token. As `Option<SignedIn>` it is `None` without the header, but a header
/// that is sent must be valid.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    /// The person, in the present role.
    pub actor: Actor,
    /// The session; `None` for a token of an external issuer.
    pub session: Option<SessionId>,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}

/// The caller in the present role.
///
/// # Errors
/// 401 for a session that is over; 503.
pub(crate) async fn admit(db: impl PgExecutor<'_>, caller: Caller) -> Result<Actor, Problem> {
    let role = actions::people::role_in_session(db, caller).await?;
    Ok(Actor {
        id: caller.person,
        role: role.ok_or_else(revoked_token)?,
    })
}
