//! The ways by which people are told: one file each, and one arm of [`Channels::of`].

mod email;
mod told;

pub use email::Email;
pub use told::Told;

use crate::mail::{MailSetupError, Verdict};
use chrono::{DateTime, Utc};
use domain::channel::Channel;
use futures_util::future::BoxFuture;
use jobs::circuit::ProviderFailure;
use platform::{config::Config, context::Context};

/// The channels, made once at the start of a worker.
#[derive(Debug)]
pub struct Channels {
    /// E-mail.
    pub email: Email,
}

/// What a channel does of a delivery. What is the same on all of them is done by the job: the claim and its lease, what is
/// told and whether that is still due, the record of the attempt, and the queue of a provider that is in trouble.
pub(crate) trait DeliveryChannel: Send + Sync {
    /// Whether a notification that is due may go out. One that may not will not be sent at all.
    fn admits<'d>(
        &'d self,
        cx: &'d Context,
        told: &'d Told,
    ) -> BoxFuture<'d, Result<bool, sqlx::Error>>;

    /// Hands it to the provider, with no transaction open. Sent twice it has to be the same to the provider: the id of
    /// the notification is the key.
    fn send<'d>(
        &'d self,
        told: &'d Told,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, Undelivered>>;
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

/// How an attempt to deliver ended badly.
#[derive(Debug)]
pub(crate) struct Undelivered {
    /// What it says of the provider, rather than of the notification: its queue is held then.
    pub trouble: Option<ProviderFailure>,
    /// Whether another attempt may help.
    pub verdict: Verdict,
    /// Whether the provider was there, and refused the notification for its own sake.
    pub was_judged: bool,
    /// The whole of it on one line, to be kept with the notification.
    pub record: String,
    /// What happened, for the log: neither addresses nor answers of the provider.
    pub source: Box<dyn std::error::Error + Send + Sync>,
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

    /// What delivers on a channel.
    pub(crate) fn of(&self, channel: Channel) -> &dyn DeliveryChannel {
        match channel {
            Channel::Email => &self.email,
        }
    }
}
