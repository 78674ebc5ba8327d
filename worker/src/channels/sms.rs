//! Delivers notifications by text message to the telephone of the account.

use super::{Delivered, DeliveryChannel, DeliveryError, NotificationContent};
use crate::sms::{Outgoing, Route, SmsError, text};
use actions::notifications::sms::{Admission, Begun, Caps, begin};
use chrono::{DateTime, Utc};
use domain::{
    notifications::content::Content,
    people::{PhoneNumber, Prefix},
    sms::Segments,
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, ready},
};
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

    /// The telephone of the recipient, if it may be texted.
    fn number<'c>(&self, content: &'c Content) -> Option<&'c PhoneNumber> {
        let number = content.person.phone_number.as_ref()?;
        if number.begins_with_one_of(&self.prefixes) {
            return Some(number);
        }
        tracing::info!(
            notification.id = %content.id,
            "a text message was not sent: SMS_ALLOWED_PREFIXES does not allow the number"
        );
        None
    }

    /// Counts a message under the caps.
    async fn begin(&self, cx: &Context, content: &Content) -> sqlx::Result<bool> {
        let Route::By(provider, _) = &self.route else {
            return Ok(false);
        };
        let (number, text) = (self.number(content), text(content, cx.clock.now()));
        let Some((number, text)) = number.zip(text) else {
            return Ok(false);
        };
        let message = Begun {
            notification: content.id,
            provider: *provider,
            number,
            segments: Segments::of(&text).count,
        };
        let admission = begin(cx, &message, self.caps).await?;
        let reason = match admission {
            Admission::Admitted => return Ok(true),
            Admission::Undeliverable => "its number was refused for good",
            Admission::NumberFull => "its number has got SMS_PER_NUMBER_PER_HOUR of them",
            Admission::DayFull => "SMS_PER_DAY of them were sent today",
        };
        tracing::warn!(notification.id = %content.id, reason, "a text message was not sent");
        Ok(false)
    }

    async fn deliver(
        &self,
        content: &Content,
        now: DateTime<Utc>,
    ) -> Result<Delivered, DeliveryError> {
        let Route::By(_, provider) = &self.route else {
            return Ok(Delivered::NothingToTell);
        };
        let (number, text) = (self.number(content), text(content, now));
        let Some((to, text)) = number.zip(text) else {
            return Ok(Delivered::NothingToTell);
        };
        let message = Outgoing {
            id: content.id,
            template: content.template,
            at: content.at,
            to,
            text: &text,
            now,
        };
        match provider.send(&message).await {
            Ok(receipt) => Ok(Delivered::Accepted(receipt)),
            Err(error @ SmsError::Unknown(_)) => {
                let reason = Chain(&error).to_string();
                tracing::warn!(
                    notification.id = %content.id,
                    reason,
                    "a text message may have been sent, or not: a delivery report will tell"
                );
                Ok(Delivered::Unknown(reason))
            }
            Err(error) => Err(failed(error, to)),
        }
    }
}

fn failed(error: SmsError, to: &PhoneNumber) -> DeliveryError {
    let refused = matches!(error, SmsError::Number(_));
    DeliveryError {
        failure: error.failure(),
        verdict: error.verdict(),
        was_judged: error.was_judged(),
        record: Chain(&error).to_string(),
        refused_address: refused.then(|| to.as_str().to_owned()),
        pause: error.pause(),
        source: error.into(),
    }
}

impl DeliveryChannel for Sms {
    /// Applies the caps. What is beyond them is not sent.
    fn admits<'d>(
        &'d self,
        cx: &'d Context,
        content: &'d NotificationContent,
    ) -> BoxFuture<'d, sqlx::Result<bool>> {
        match content {
            NotificationContent::Ticket(content) => self.begin(cx, content).boxed(),
            NotificationContent::Account(_) => ready(Ok(false)).boxed(),
        }
    }

    fn send<'d>(
        &'d self,
        content: &'d NotificationContent,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, DeliveryError>> {
        match content {
            NotificationContent::Ticket(content) => self.deliver(content, now).boxed(),
            NotificationContent::Account(_) => ready(Ok(Delivered::NothingToTell)).boxed(),
        }
    }
}
