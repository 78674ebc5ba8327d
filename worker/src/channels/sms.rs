//! Delivers notifications by text message to the telephone of the account.

use super::{Delivered, DeliveryChannel, DeliveryError, NotificationContent};
use crate::sms::{Outgoing, Route, SmsError, digest_text, text};
use actions::{
    job_list::Parcel,
    notifications::{
        sms::{Admission, Begun, Caps, begin},
        undeliverable::Refusal,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    people::{PhoneNumber, Prefix},
    sms::Segments,
};
use futures_util::{FutureExt, future::BoxFuture};
use platform::{
    config::{self, Config},
    context::Context,
    error_chain::Chain,
};

/// The channel of text messages.
#[derive(Debug)]
pub struct Sms {
    route: Route,
    prefixes: Vec<Prefix>,
    caps: Caps,
}

impl Sms {
    /// The channel as configured. Nothing is connected yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let config::Sms {
            prefixes,
            per_number_per_hour,
            per_day,
            ..
        } = &config.sms;
        Self {
            route: Route::new(config),
            prefixes: prefixes.clone(),
            caps: Caps {
                per_number_per_hour: *per_number_per_hour,
                per_day: *per_day,
            },
        }
    }

    /// How messages are sent.
    pub(super) const fn route(&self) -> &Route {
        &self.route
    }

    /// The message that tells a content; `None` if none may be sent.
    fn message(&self, content: &NotificationContent, now: DateTime<Utc>) -> Option<Message> {
        let message = Message::of(content, now)?;
        if message.to.begins_with_one_of(&self.prefixes) {
            return Some(message);
        }
        tracing::info!(
            message.id = %message.parcel.id(),
            "a text message was not sent: SMS_ALLOWED_PREFIXES does not allow the number"
        );
        None
    }

    /// Counts a message under the caps.
    async fn begin(&self, cx: &Context, content: &NotificationContent) -> sqlx::Result<bool> {
        let Route::By(provider, _) = &self.route else {
            return Ok(false);
        };
        let Some(message) = self.message(content, cx.clock.now()) else {
            return Ok(false);
        };
        let begun = Begun {
            parcel: message.parcel,
            person: message.person,
            provider: *provider,
            number: &message.to,
            segments: Segments::of(&message.text).count,
        };
        let reason = match begin(cx, &begun, self.caps).await? {
            Admission::Admitted => return Ok(true),
            Admission::Undeliverable => "its number was refused",
            Admission::NumberFull => "its number has got SMS_PER_NUMBER_PER_HOUR of them",
            Admission::DayFull => "SMS_PER_DAY of them were sent today",
        };
        tracing::warn!(message.id = %message.parcel.id(), reason, "a text message was not sent");
        Ok(false)
    }

    async fn deliver(
        &self,
        content: &NotificationContent,
        now: DateTime<Utc>,
    ) -> Result<Delivered, DeliveryError> {
        let Route::By(_, provider) = &self.route else {
            return Ok(Delivered::NothingToTell);
        };
        let Some(message) = self.message(content, now) else {
            return Ok(Delivered::NothingToTell);
        };
        let outgoing = Outgoing {
            id: message.parcel.id(),
            name: message.name,
            at: message.at,
            to: &message.to,
            text: &message.text,
            now,
        };
        match provider.send(&outgoing).await {
            Ok(receipt) => Ok(Delivered::Accepted(message.parcel, receipt)),
            Err(error @ SmsError::Unknown(_)) => {
                let reason = Chain(&error).to_string();
                tracing::warn!(
                    message.id = %message.parcel.id(),
                    reason,
                    "a text message may have been sent, or not: a delivery report will tell"
                );
                Ok(Delivered::Unknown(message.parcel, reason))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What is sent to whom.
struct Message {
    parcel: Parcel,
    person: UserId,
    to: PhoneNumber,
    text: String,
    name: &'static str,
    at: DateTime<Utc>,
}

impl Message {
    /// `None` for a person without a number, and for what does not go by text message.
    fn of(content: &NotificationContent, now: DateTime<Utc>) -> Option<Self> {
        let (parcel, text, first, name, at) = match content {
            NotificationContent::Ticket(content) => {
                let (id, text) = (content.id, text(content, now)?);
                let name = content.template.as_str();
                let parcel = Parcel::Notification(id);
                (parcel, text, content.as_ref(), name, content.at)
            }
            NotificationContent::Digest(id, contents) => {
                let first = contents.first()?;
                let text = match &contents[..] {
                    [content] => text(content, now)?,
                    _ => digest_text(contents),
                };
                (Parcel::Digest(*id), text, first, "digest", now)
            }
            NotificationContent::Account(_) => return None,
        };
        Some(Self {
            parcel,
            person: first.person.id,
            to: first.person.phone_number.clone()?,
            text,
            name,
            at,
        })
    }
}

impl From<SmsError> for DeliveryError {
    fn from(error: SmsError) -> Self {
        Self {
            failure: error.failure(),
            verdict: error.verdict(),
            was_judged: error.was_judged(),
            refusal: match error {
                SmsError::Number(_) => Refusal::OfTheAddress,
                SmsError::Unreachable(_)
                | SmsError::TurnedAway(_)
                | SmsError::SlowDown { .. }
                | SmsError::Refused(_)
                | SmsError::Failed(_)
                | SmsError::Unknown(_)
                | SmsError::Sender(_)
                | SmsError::File(_) => Refusal::OfTheMessage,
            },
            record: Chain(&error).to_string(),
            pause: error.pause(),
            source: error.into(),
        }
    }
}

impl DeliveryChannel for Sms {
    /// Applies the caps, and leaves numbers alone that were refused. What is not admitted is not sent.
    fn admits<'d>(
        &'d self,
        cx: &'d Context,
        content: &'d NotificationContent,
    ) -> BoxFuture<'d, sqlx::Result<bool>> {
        self.begin(cx, content).boxed()
    }

    fn send<'d>(
        &'d self,
        content: &'d NotificationContent,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, DeliveryError>> {
        self.deliver(content, now).boxed()
    }
}
