//! The kinds of things of which the owner of an account is told by mail. Pure.

use crate::{notifications::Template, text_enum};
use chrono::TimeDelta;

text_enum! {
    /// What happened to an account.
    pub enum AccountEventKind {
        /// Somebody has given an address as theirs: is it?
        ConfirmEmail = "confirm_email",
        /// A new password was asked for.
        ResetPassword = "reset_password",
        /// The account has a new password.
        PasswordChanged = "password_changed",
        /// The account has a new address.
        EmailChanged = "email_changed",
    }
}

impl AccountEventKind {
    /// How long the link in the mail is good, if there is one.
    #[must_use]
    pub const fn link_lifetime(self) -> Option<TimeDelta> {
        match self {
            Self::ConfirmEmail => Some(TimeDelta::days(7)),
            Self::ResetPassword => Some(TimeDelta::minutes(30)),
            Self::PasswordChanged | Self::EmailChanged => None,
        }
    }

    /// Whether the mail asks for a proof that the address is the owner's: using its link is one. No
    /// other goes to an address that nobody has confirmed.
    #[must_use]
    pub const fn proves_the_address(self) -> bool {
        match self {
            Self::ConfirmEmail | Self::ResetPassword => true,
            Self::PasswordChanged | Self::EmailChanged => false,
        }
    }

    /// The words in which it is told.
    #[must_use]
    pub const fn template(self) -> Template {
        match self {
            Self::ConfirmEmail => Template::ConfirmEmail,
            Self::ResetPassword => Template::ResetPassword,
            Self::PasswordChanged => Template::PasswordChanged,
            Self::EmailChanged => Template::EmailChanged,
        }
    }
}
