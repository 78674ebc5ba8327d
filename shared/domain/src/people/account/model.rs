//! The events of an account that its owner is notified of by mail. Pure.

use crate::{template::Template, text_enum};
use chrono::TimeDelta;

text_enum! {
    /// The kind of an event.
    pub enum AccountEventKind {
        /// An address was set and has to be confirmed.
        ConfirmEmail = "confirm_email",
        /// A new password was asked for.
        ResetPassword = "reset_password",
        /// The account has a new password.
        PasswordChanged = "password_changed",
        /// The account has a new address.
        EmailChanged = "email_changed",
        /// Somebody sent too many wrong passwords.
        TooManyFailures = "too_many_failures",
        /// A webhook was disabled, since its endpoint does not accept events: every admin is told.
        WebhookDisabled = "webhook_disabled",
    }
}

impl AccountEventKind {
    /// How long the link in the mail is valid, if there is one.
    #[must_use]
    pub const fn link_lifetime(self) -> Option<TimeDelta> {
        match self {
            Self::ConfirmEmail => Some(TimeDelta::days(7)),
            Self::ResetPassword => Some(TimeDelta::minutes(30)),
            Self::PasswordChanged
            | Self::EmailChanged
            | Self::TooManyFailures
            | Self::WebhookDisabled => None,
        }
    }

    /// How long the notification may be sent: as long as the link is valid or, without one, for ever. Wrong
    /// passwords are notified only on the day on which they were tried.
    #[must_use]
    pub const fn told_within(self) -> Option<TimeDelta> {
        match self {
            Self::TooManyFailures => Some(TimeDelta::days(1)),
            Self::ConfirmEmail
            | Self::ResetPassword
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::WebhookDisabled => self.link_lifetime(),
        }
    }

    /// Whether the mail's link confirms the address. No other mail goes to an address that is not confirmed.
    #[must_use]
    pub const fn proves_the_address(self) -> bool {
        match self {
            Self::ConfirmEmail | Self::ResetPassword => true,
            Self::PasswordChanged
            | Self::EmailChanged
            | Self::TooManyFailures
            | Self::WebhookDisabled => false,
        }
    }

    /// The template of the mail.
    #[must_use]
    pub const fn template(self) -> Template {
        match self {
            Self::ConfirmEmail => Template::ConfirmEmail,
            Self::ResetPassword => Template::ResetPassword,
            Self::PasswordChanged => Template::PasswordChanged,
            Self::EmailChanged => Template::EmailChanged,
            Self::TooManyFailures => Template::TooManyFailures,
            Self::WebhookDisabled => Template::WebhookDisabled,
        }
    }
}
