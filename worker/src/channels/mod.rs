//! The notification channels: one file each, and one arm of [`Channels::channel`].

mod content;
mod email;
mod push;
mod sms;
mod trial;

pub use content::NotificationContent;
pub use email::Email;
pub use push::{Push, PushError};
pub use sms::Sms;
pub use trial::Trial;

use crate::{
    mail::{MailSetupError, Verdict},
    push::{Fcm, FcmSetupError},
};
use actions::{
    job_list::Parcel,
    notifications::{Holding, sms::Receipt, undeliverable::Refusal},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::channel::Channel;
use futures_util::future::BoxFuture;
use jobs::circuit::ProviderFailure;
use platform::{config::Config, context::Context};

/// The channels, created once at the start of a worker.
#[derive(Debug)]
pub struct Channels {
    /// E-mail.
    pub email: Email,
    /// Push messages.
    pub push: Push,
    /// Text messages.
    pub sms: Sms,
}

/// The part of a delivery that differs between channels. The job does the rest: the claim and its
/// lease, loading the content, the check that it is still due, the record of the attempt, and the
/// circuit breaker of the provider.
pub(crate) trait DeliveryChannel: Send + Sync {
    /// Whether a notification that is due may be sent. One that may not is never sent.
    fn admits<'d>(
        &'d self,
        cx: &'d Context,
        content: &'d NotificationContent,
    ) -> BoxFuture<'d, sqlx::Result<bool>>;

    /// Sends the content to the provider, with no transaction open. May be called twice: the id of
    /// the notification is the key by which the provider, or the recipient, recognises a
    /// repetition.
    fn send<'d>(
        &'d self,
        content: &'d NotificationContent,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, DeliveryError>>;
}

/// The result of a delivery attempt that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// The provider accepted it.
    Sent,
    /// The provider of text messages accepted the message of this id, and may report what became of it. Of a
    /// digest one notification may be left, which then is the message.
    Accepted(Parcel, Receipt),
    /// The message of this id went out, and nobody knows whether the provider accepted it, for this
    /// reason. It is not sent again.
    Unknown(Parcel, String),
    /// It was no longer due.
    NothingToTell,
    /// It was not tried, since the address refused several messages.
    Undeliverable,
    /// It waits until the address is confirmed.
    Held,
    /// It waits until the quiet hours of its person end.
    Quiet(DateTime<Utc>, Holding),
}

/// A delivery attempt that failed.
#[derive(Debug)]
pub(crate) struct DeliveryError {
    /// The provider failure, if the provider failed rather than the notification: the circuit of
    /// its queue opens.
    pub failure: Option<ProviderFailure>,
    /// Whether a retry may succeed.
    pub verdict: Verdict,
    /// Whether the provider responded and rejected this notification, so that its circuit closes.
    pub was_judged: bool,
    /// What a permanent rejection says of the address.
    pub refusal: Refusal,
    /// The error on one line, to be stored with the notification.
    pub record: String,
    /// How long the provider asked us to wait.
    pub pause: Option<TimeDelta>,
    /// The cause, for the log: contains neither addresses nor responses of the provider.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// A configuration with which a channel cannot deliver.
#[derive(Debug, thiserror::Error)]
pub enum ChannelSetupError {
    /// E-mail.
    #[error(transparent)]
    Email(#[from] MailSetupError),
    /// Push messages.
    #[error(transparent)]
    Push(#[from] FcmSetupError),
}

impl Channels {
    /// The channels as configured. Nothing is connected yet.
    ///
    /// # Errors
    /// The configuration cannot be used.
    pub fn new(cx: &Context) -> Result<Self, ChannelSetupError> {
        Ok(Self {
            email: Email::new(&cx.config)?,
            push: Push::new(cx)?,
            sms: Sms::new(&cx.config),
        })
    }

    /// The problems of a configuration, before there is anything to deliver with.
    #[must_use]
    pub fn problems(config: &Config) -> Vec<ChannelSetupError> {
        let email = Email::new(config).err().map(ChannelSetupError::from);
        let push = config.push.fcm.as_ref().and_then(|fcm| Fcm::new(fcm).err());
        email
            .into_iter()
            .chain(push.map(ChannelSetupError::from))
            .collect()
    }

    /// The implementation of a channel.
    pub(crate) fn channel(&self, channel: Channel) -> &dyn DeliveryChannel {
        match channel {
            Channel::Email => &self.email,
            Channel::Push => &self.push,
            Channel::Sms => &self.sms,
        }
    }
}
