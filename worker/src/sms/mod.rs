//! Text messages: their texts, and the providers that send them. What a provider says is read by its own file; what it
//! means is the same for all ([`SmsError`]). A provider that says something else than its documents is a failure that is
//! told plainly.

mod africas_talking;
mod api;
mod error;
mod file;
mod texts;
mod twilio;

pub use error::{Complaint, Doubt, SmsError};
pub use texts::{digest_text, text};

use actions::notifications::sms::Receipt;
use africas_talking::AfricasTalkingApi;
use chrono::{DateTime, Utc};
use domain::{people::PhoneNumber, sms::SmsProvider};
use file::Folder;
use futures_util::future::BoxFuture;
use platform::config::{Config, SmsTransport};
use std::fmt;
use twilio::TwilioApi;
use uuid::Uuid;

/// A message for a provider.
pub(crate) struct Outgoing<'a> {
    /// The notification, or the digest.
    pub id: Uuid,
    /// The template, or `digest`: for file names.
    pub name: &'static str,
    /// When it happened: for file names.
    pub at: DateTime<Utc>,
    /// The telephone.
    pub to: &'a PhoneNumber,
    /// The text.
    pub text: &'a str,
    /// The present instant.
    pub now: DateTime<Utc>,
}

/// What sends text messages. Each is played in tests by a local server, or is a folder.
pub(crate) trait Provider: fmt::Debug + Send + Sync {
    /// Sends a message, once: what it says is all that will ever be known, but for a delivery report.
    fn send<'p>(&'p self, message: &'p Outgoing<'p>) -> BoxFuture<'p, Result<Receipt, SmsError>>;
}

/// The way of text messages as configured.
#[derive(Debug)]
pub(crate) enum Route {
    /// None are sent.
    Off,
    /// A provider sends them.
    By(SmsProvider, Box<dyn Provider>),
}

impl Route {
    /// The route as configured. Nothing is connected yet.
    pub fn new(config: &Config) -> Self {
        match &config.sms.transport {
            SmsTransport::Off => Self::Off,
            SmsTransport::Files(folder) => {
                Self::By(SmsProvider::File, Box::new(Folder::new(folder.clone())))
            }
            SmsTransport::AfricasTalking(account) => {
                let api = AfricasTalkingApi::new(account);
                Self::By(SmsProvider::AfricasTalking, Box::new(api))
            }
            SmsTransport::Twilio(account) => {
                let api = TwilioApi::new(account, &config.http.public_url);
                Self::By(SmsProvider::Twilio, Box::new(api))
            }
        }
    }
}

/// The id that a provider gave a message, unless it cannot be one.
fn receipt(id: &str) -> Receipt {
    let is_id = (1..=100).contains(&id.len())
        && id.chars().all(|letter| letter.is_ascii_graphic())
        && id != "None";
    Receipt {
        provider_id: is_id.then(|| id.to_owned()),
    }
}
