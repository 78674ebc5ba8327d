//! A test message on a channel, for operators: it goes straight to the provider, past preferences, quiet hours, caps and
//! circuits, and is recorded nowhere.

use super::{Channels, Email, Push, Sms};
use crate::{
    mail::Rendered,
    push::Message,
    sms::{Outgoing, Route},
};
use actions::{
    notifications::trial::TrialPerson,
    push::{PushAnswer, vapid_keys},
};
use chrono::{DateTime, Utc};
use domain::{channel::Channel, ids::DigestId, push::DeviceAddress};
use platform::{context::Context, error_chain::Chain};

/// What a test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trial {
    /// The provider accepted the message: what it was, in words.
    Accepted(String),
    /// It did not, or none could be sent: why.
    Failed(String),
}

impl Channels {
    /// Sends a test message to a person. With several devices there is a result for each.
    pub async fn test(
        &self,
        cx: &Context,
        channel: Channel,
        person: &TrialPerson,
        now: DateTime<Utc>,
    ) -> Vec<Trial> {
        let brand = &cx.config.brand.name;
        match channel {
            Channel::Email => vec![self.email.test(cx, brand, person, now).await],
            Channel::Sms => vec![self.sms.test(cx, brand, person, now).await],
            Channel::Push => self.push.test(brand, person, now).await,
        }
    }
}

impl Email {
    async fn test(
        &self,
        cx: &Context,
        brand: &str,
        person: &TrialPerson,
        now: DateTime<Utc>,
    ) -> Trial {
        let text = format!("This is a test mail of {brand}. There is nothing to do.\n");
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let rendered = Rendered {
            subject: format!("Test mail of {brand}"),
            html: format!("<p>{escaped}</p>"),
            text,
            unsubscribe: None,
        };
        let id = DigestId(cx.ids.uuid(now));
        match self
            .send_rendered(id, &person.recipient, rendered, now)
            .await
        {
            Ok(()) => Trial::Accepted("a mail".to_owned()),
            Err(error) => Trial::Failed(error.for_record()),
        }
    }
}

impl Sms {
    async fn test(
        &self,
        cx: &Context,
        brand: &str,
        person: &TrialPerson,
        now: DateTime<Utc>,
    ) -> Trial {
        let Route::By(_, provider) = self.route() else {
            return Trial::Failed("no text messages are sent: set SMS_PROVIDER".to_owned());
        };
        let Some(to) = &person.recipient.phone_number else {
            return Trial::Failed("the account has no number".to_owned());
        };
        let text = format!("This is a test message of {brand}.");
        let outgoing = Outgoing {
            id: cx.ids.uuid(now),
            name: "test",
            at: now,
            to,
            text: &text,
            now,
        };
        match provider.send(&outgoing).await {
            Ok(_) => Trial::Accepted("a text message".to_owned()),
            Err(error) => Trial::Failed(Chain(&error).to_string()),
        }
    }
}

impl Push {
    async fn test(&self, brand: &str, person: &TrialPerson, now: DateTime<Utc>) -> Vec<Trial> {
        if person.devices.is_empty() {
            return vec![Trial::Failed(
                "the person has subscribed no device".to_owned(),
            )];
        }
        let message = Message::of_test(brand, person.recipient.id);
        let mut trials = Vec::with_capacity(person.devices.len());
        for device in &person.devices {
            trials.push(self.test_device(&message, device, now).await);
        }
        trials
    }

    async fn test_device(
        &self,
        message: &Message,
        device: &DeviceAddress,
        now: DateTime<Utc>,
    ) -> Trial {
        let called = match device {
            DeviceAddress::Browser { endpoint, keys } => {
                let Some(to) = self.web.destination(endpoint) else {
                    return Trial::Failed("the address of a browser may not be called".to_owned());
                };
                match vapid_keys(&self.cx).await {
                    Ok(own) => self.web.send(&own, (&to, keys), message, now).await,
                    Err(error) => return Trial::Failed(Chain(&error).to_string()),
                }
            }
            DeviceAddress::App(token) => {
                let Some(fcm) = &self.fcm else {
                    let because = "the device is an app, and FCM_SERVICE_ACCOUNT_FILE is not set";
                    return Trial::Failed(because.to_owned());
                };
                fcm.send(token, message, now).await
            }
        };
        match called.answer {
            PushAnswer::Accepted => Trial::Accepted("a push message".to_owned()),
            PushAnswer::Gone => Trial::Failed("the device is gone".to_owned()),
            PushAnswer::Unfit(because)
            | PushAnswer::Refused { because, .. }
            | PushAnswer::Down { because, .. } => Trial::Failed(because),
        }
    }
}
