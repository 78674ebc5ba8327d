//! The access to an operation: its roles, and the token that it takes.

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, without a token.
    Anybody,
    /// Everybody who is signed in.
    SignedIn,
    /// Only some roles, with this name in the plural: the others get 403.
    Roles(&'static str),
}

/// The token that an operation without required access uses if one is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionalAuth {
    /// No token.
    Nothing,
    /// An access token.
    Login,
    /// The metrics token, which is required where one is configured.
    Metrics,
}
