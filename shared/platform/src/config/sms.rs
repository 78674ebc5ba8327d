//! The settings of text messages: the provider with everything that it needs, and the caps.

use crate::{
    config::{http::parse_list, reader::Reader},
    outbound::{Allowed, CALL_LIMIT},
};
use domain::{people::Prefix, sms::SmsProvider};
use secrecy::SecretString;
use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

/// Text messages.
#[derive(Debug)]
pub struct Sms {
    /// How they are sent.
    pub transport: SmsTransport,
    /// The beginnings of the numbers that may be texted; none means all.
    pub prefixes: Vec<Prefix>,
    /// The most messages to one number in any hour: 1 to 1 000 000; `None`: no limit.
    pub per_number_per_hour: Option<NonZeroU32>,
    /// The most messages on one day: 1 to 1 000 000; `None`: no limit.
    pub per_day: Option<NonZeroU32>,
}

/// How text messages are sent.
#[derive(Debug)]
pub enum SmsTransport {
    /// Not at all.
    Off,
    /// By Africa's Talking.
    AfricasTalking(AfricasTalking),
    /// By Twilio.
    Twilio(Twilio),
    /// Into a folder.
    Files(PathBuf),
}

/// The API of a provider. The operator chose its address, so that it may be any.
#[derive(Debug, Clone)]
pub struct ApiAddress {
    /// The URL, without a slash at the end.
    pub url: String,
    /// Its host.
    pub allowed: Allowed,
    /// The longest time of a call. Not a setting: only tests wait for less.
    pub patience: Duration,
}

/// The account at Africa's Talking.
#[derive(Debug)]
pub struct AfricasTalking {
    /// The API.
    pub api: ApiAddress,
    /// The user name of the application.
    pub username: String,
    /// The API key.
    pub api_key: SecretString,
    /// The sender; `None`: the shared one.
    pub sender: Option<String>,
}

/// The account at Twilio.
#[derive(Debug)]
pub struct Twilio {
    /// The API.
    pub api: ApiAddress,
    /// The SID of the account.
    pub account_sid: String,
    /// The auth token, which also signs delivery reports.
    pub auth_token: SecretString,
    /// The sender.
    pub sender: TwilioSender,
}

/// The sender of messages of Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TwilioSender {
    /// A number, a short code or a name.
    From(String),
    /// The SID of a messaging service, which chooses among its senders.
    Service(String),
}

/// Reads the settings of text messages.
pub fn sms(read: &mut Reader, data_dir: &Path) -> Sms {
    let provider = match read.text("SMS_PROVIDER") {
        "" => None,
        _ => Some(read.word("SMS_PROVIDER", SmsProvider::File)),
    };
    let transport = match provider {
        None => SmsTransport::Off,
        Some(SmsProvider::File) => SmsTransport::Files(data_dir.join("sms")),
        Some(SmsProvider::AfricasTalking) => SmsTransport::AfricasTalking(africas_talking(read)),
        Some(SmsProvider::Twilio) => SmsTransport::Twilio(twilio(read)),
    };
    let what = "the beginning of a number, such as +254";
    Sms {
        transport,
        prefixes: parse_list(read, "SMS_ALLOWED_PREFIXES", Prefix::parse, what),
        per_number_per_hour: NonZeroU32::new(read.number("SMS_PER_NUMBER_PER_HOUR", 0..=1_000_000)),
        per_day: NonZeroU32::new(read.number("SMS_PER_DAY", 0..=1_000_000)),
    }
}

fn africas_talking(read: &mut Reader) -> AfricasTalking {
    let username = needed(read, "AFRICAS_TALKING_USERNAME", "africas_talking");
    let usual = if username == "sandbox" {
        "https://api.sandbox.africastalking.com"
    } else {
        "https://api.africastalking.com"
    };
    AfricasTalking {
        api: api(read, usual),
        api_key: secret(read, "AFRICAS_TALKING_API_KEY_SECRET", "africas_talking"),
        sender: Some(sender(read)).filter(|sender| !sender.is_empty()),
        username,
    }
}

fn twilio(read: &mut Reader) -> Twilio {
    let account_sid = needed(read, "TWILIO_ACCOUNT_SID", "twilio");
    if !account_sid.is_empty() && !is_sid(&account_sid, "AC") {
        read.problem(
            "TWILIO_ACCOUNT_SID",
            "must be AC and 32 digits of 0 to 9, a to f",
        );
    }
    let sender = sender(read);
    if sender.is_empty() && read.text("SMS_SENDER").is_empty() {
        read.problem("SMS_SENDER", "must be set for SMS_PROVIDER=twilio");
    }
    Twilio {
        api: api(read, "https://api.twilio.com"),
        account_sid,
        auth_token: secret(read, "TWILIO_AUTH_TOKEN_SECRET", "twilio"),
        sender: if is_sid(&sender, "MG") {
            TwilioSender::Service(sender)
        } else {
            TwilioSender::From(sender)
        },
    }
}

fn needed(read: &mut Reader, name: &str, provider: &str) -> String {
    let text = read.text(name);
    if text.is_empty() {
        read.problem(
            name,
            format_args!("must be set for SMS_PROVIDER={provider}"),
        );
    }
    text.to_owned()
}

/// A secret that goes into a header.
fn secret(read: &mut Reader, name: &str, provider: &str) -> SecretString {
    let text = needed(read, name, provider);
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        read.problem(name, "must have plain characters, and no spaces");
    }
    text.into()
}

/// The sender; empty if it is not set or wrong.
fn sender(read: &mut Reader) -> String {
    let text = read.text("SMS_SENDER");
    if text.is_empty() || is_sender(text) || is_sid(text, "MG") {
        return text.to_owned();
    }
    read.problem(
        "SMS_SENDER",
        "must be a number, a short code, a name of up to 11 letters, digits and spaces, or the SID of a messaging service",
    );
    String::new()
}

fn is_sender(text: &str) -> bool {
    let is_number = text.strip_prefix('+').is_some_and(|digits| {
        (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_name = (3..=11).contains(&text.len())
        && text.trim() == text
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b' ');
    is_number || is_name
}

fn is_sid(text: &str, kind: &str) -> bool {
    let digits = text.strip_prefix(kind).unwrap_or_default();
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digits.len() == 32 && digits.bytes().all(is_digit)
}

fn api(read: &mut Reader, usual: &str) -> ApiAddress {
    let url = match read.text("SMS_API_URL") {
        "" => usual.to_owned(),
        _ => read.address("SMS_API_URL", &["https", "http"]),
    };
    if url.contains(['?', '#', '@']) {
        read.problem(
            "SMS_API_URL",
            "must be a host with an optional port and path, and nothing else",
        );
    }
    let url = url.trim_end_matches('/').to_owned();
    let allowed = Allowed::host_of(&url);
    ApiAddress {
        url,
        allowed,
        patience: CALL_LIMIT,
    }
}

#[cfg(test)]
mod tests;
