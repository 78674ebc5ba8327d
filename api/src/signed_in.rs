//! The caller of a request or a socket, once the token is verified.

use chrono::{DateTime, Utc};
use domain::{actor::Actor, ids::SessionId};

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
