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
        /// Somebody sent too many wrong passwords.
        TooManyFailures = "too_many_failures",
    }
}

impl AccountEventKind {
    /// How long the link in the mail is good, if there is one.
    #[must_use]
    pub const fn link_lifetime(self) -> Option<TimeDelta> {
        match self {
            Self::ConfirmEmail => Some(TimeDelta::days(7)),
            Self::ResetPassword => Some(TimeDelta::minutes(30)),
            Self::PasswordChanged | Self::EmailChanged | Self::TooManyFailures => None,
        }
    }

    /// How long there is something to tell: as long as the link is good or, without one, for ever. That
    /// somebody guesses is told the day on which it happens.
    #[must_use]
    pub const fn told_within(self) -> Option<TimeDelta> {
        match self {
            Self::TooManyFailures => Some(TimeDelta::days(1)),
            Self::ConfirmEmail
            | Self::ResetPassword
            | Self::PasswordChanged
            | Self::EmailChanged => self.link_lifetime(),
        }
    }

    /// Whether the mail asks for a proof that the address is the owner's: using its link is one. No
    /// other goes to an address that nobody has confirmed.
    #[must_use]
    pub const fn proves_the_address(self) -> bool {
        match self {
            Self::ConfirmEmail | Self::ResetPassword => true,
            Self::PasswordChanged | Self::EmailChanged | Self::TooManyFailures => false,
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
            Self::TooManyFailures => Template::TooManyFailures,
        }
    }
}
