//! The ways by which people are told: one file each.

mod email;

pub use email::Email;

use crate::mail::MailSetupError;
use shared::config::Config;

/// The channels, made once at the start of a worker.
#[derive(Debug)]
pub struct Channels {
    /// E-mail.
    pub email: Email,
}

/// How an attempt to deliver ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The provider took it.
    Sent,
    /// There was nothing to tell any more.
    NothingToTell,
    /// It is put by until the address is confirmed.
    Held,
}

impl Channels {
    /// The channels as configured. Nothing is connected yet.
    ///
    /// # Errors
    /// The configuration cannot be used.
    pub fn new(config: &Config) -> Result<Self, MailSetupError> {
        Ok(Self {
            email: Email::new(config)?,
        })
    }
}
