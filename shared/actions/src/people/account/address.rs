//! The recipient of a mail about an account. Pure.

/// The recipient of a mail.
#[derive(Debug, Clone)]
pub struct Address {
    /// The e-mail address.
    pub email: String,
    /// Whether the owner has confirmed it.
    pub confirmed: bool,
}
