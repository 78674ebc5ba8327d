//! Who may call an operation, and by which token it is known.

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anybody,
    /// Anybody who is signed in.
    SignedIn,
    /// Some roles alone: the others get 403.
    Roles(&'static str),
}

/// The token that an operation minds which needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionalAuth {
    /// None.
    Nothing,
    /// That of a login.
    Login,
    /// That of whoever reads the metrics, which is asked for where one is set.
    Metrics,
}
