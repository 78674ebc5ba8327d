//! A device as people subscribe it: a browser, as its `PushSubscription` describes itself, or an app with a token. Pure.

use crate::{
    field_error::Constraint,
    reader::{Meanings, ObjectReader},
    text_enum,
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use std::fmt;

/// The most characters of an address.
const LONGEST_URL: usize = 2_000;
/// The most characters of a token. Those of today have less than 200.
const LONGEST_TOKEN: usize = 4_096;
/// The most characters of a key.
const LONGEST_KEY: usize = 200;
/// The bytes of a point of P-256: 4, and two coordinates.
const POINT: usize = 65;
/// The bytes of the secret of the encryption (RFC 8291, section 3.2).
const SECRET: usize = 16;

/// Browsers leave the padding out, some libraries do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const MEANINGS: Meanings = &[
    (
        "endpoint",
        "The address of the browser at its push service: `endpoint` of its `PushSubscription`. Send it with `keys`.",
    ),
    (
        "keys",
        "The keys of the browser: `keys` of its `PushSubscription`.",
    ),
    (
        "token",
        "The registration token of an app, from Firebase Cloud Messaging. Send it alone.",
    ),
];

const MEANINGS_OF_KEYS: Meanings = &[
    (
        "p256dh",
        "The public key of the browser, in Base64 for URLs: an uncompressed point of P-256, 65 bytes.",
    ),
    (
        "auth",
        "The secret of the encryption, in Base64 for URLs: 16 bytes.",
    ),
];

text_enum! {
    /// How a device is reached.
    pub enum PushKind {
        /// A browser, through its push service (RFC 8030).
        WebPush = "web_push",
        /// An app, through Firebase Cloud Messaging.
        Fcm = "fcm",
    }
}

text_enum! {
    /// What became of a notification at a device.
    pub enum DeviceOutcome {
        /// The push service accepted it.
        Sent = "sent",
        /// The push service will never accept it.
        Failed = "failed",
        /// An attempt failed, and another one follows.
        Delayed = "delayed",
    }
}

/// The keys of a browser, decoded and checked. They never show themselves in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserKeys {
    /// The uncompressed point.
    pub p256dh: Vec<u8>,
    /// The secret of the encryption.
    pub auth: Vec<u8>,
}

impl fmt::Debug for BrowserKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserKeys(…)")
    }
}

/// Where a device is reached. An address or a token is enough to write to the device: neither shows itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub enum DeviceAddress {
    /// A browser.
    Browser {
        /// The address at the push service.
        endpoint: String,
        /// Its keys.
        keys: BrowserKeys,
    },
    /// An app, by its token.
    App(String),
}

impl DeviceAddress {
    /// How the device is reached.
    #[must_use]
    pub const fn kind(&self) -> PushKind {
        match self {
            Self::Browser { .. } => PushKind::WebPush,
            Self::App(_) => PushKind::Fcm,
        }
    }

    /// The address or the token.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Browser { endpoint, .. } => endpoint,
            Self::App(token) => token,
        }
    }
}

impl fmt::Debug for DeviceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceAddress(…)")
    }
}

/// Checks that the rules of this crate cannot make.
#[derive(Clone, Copy)]
pub struct PushChecks<'a> {
    /// Whether an address may be called: the error is the end of a sentence that begins with the field.
    pub url: &'a (dyn Fn(&str) -> Result<(), String> + Sync),
    /// Whether 65 bytes are a point of P-256.
    pub point: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

/// A device that a person subscribes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPushSubscription(pub DeviceAddress);

impl NewPushSubscription {
    /// Reads a device: that of a browser as `PushSubscription.toJSON()` writes it, or `{token}`.
    pub fn read(body: &mut ObjectReader, checks: PushChecks<'_>) -> Option<Self> {
        body.named(
            "NewPushSubscription",
            "A device that gets push messages: a browser with `endpoint` and `keys`, or an app with `token`.",
        );
        body.mean(MEANINGS);
        // The browser writes it, always null today.
        body.ignore("expirationTime");
        let is_app = body.has("token");
        if is_app && (body.has("endpoint") || body.has("keys")) {
            let message =
                "must not stand beside endpoint and keys: send either the browser or the app";
            body.errors().add("token", "not_allowed", message);
        } else if !is_app {
            if !body.has("endpoint") {
                body.errors()
                    .add("endpoint", "required", "is required, or else token");
            }
            if body.has("endpoint") && !body.has("keys") {
                body.errors()
                    .add("keys", "required", "is required beside endpoint");
            }
        }
        let endpoint = endpoint(body, checks);
        let keys = body.object("keys", |keys| read_keys(keys, checks));
        let token = token(body);
        if is_app {
            return token.map(|token| Self(DeviceAddress::App(token)));
        }
        let (endpoint, keys) = (endpoint?, keys??);
        Some(Self(DeviceAddress::Browser { endpoint, keys }))
    }
}

fn endpoint(body: &mut ObjectReader, checks: PushChecks<'_>) -> Option<String> {
    body.errors().ask("endpoint", Constraint::Format("uri"));
    let endpoint = body.optional("endpoint", 1..=LONGEST_URL)?;
    if let Err(message) = (checks.url)(&endpoint) {
        body.errors().add("endpoint", "unfit_url", message);
        return None;
    }
    Some(endpoint)
}

fn token(body: &mut ObjectReader) -> Option<String> {
    let token = body.optional("token", 1..=LONGEST_TOKEN)?;
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = "must have visible ASCII characters only";
        body.errors().add("token", "invalid_token", message);
        return None;
    }
    Some(token)
}

fn read_keys(keys: &mut ObjectReader, checks: PushChecks<'_>) -> Option<BrowserKeys> {
    keys.named("PushKeys", "The keys of a browser.");
    keys.mean(MEANINGS_OF_KEYS);
    let p256dh = keys.required("p256dh", 1..=LONGEST_KEY);
    let auth = keys.required("auth", 1..=LONGEST_KEY);
    let p256dh = p256dh.and_then(|text| {
        let is_point = |bytes: &Vec<u8>| bytes.len() == POINT && (checks.point)(bytes);
        let point = BASE64.decode(text).ok().filter(is_point);
        if point.is_none() {
            let message = "must be an uncompressed point of P-256 in Base64 for URLs";
            keys.errors().add("p256dh", "invalid_key", message);
        }
        point
    });
    let auth = auth.and_then(|text| {
        let secret = BASE64.decode(text).ok();
        let secret = secret.filter(|bytes| bytes.len() == SECRET);
        if secret.is_none() {
            let message = "must be 16 bytes in Base64 for URLs";
            keys.errors().add("auth", "invalid_key", message);
        }
        secret
    });
    Some(BrowserKeys {
        p256dh: p256dh?,
        auth: auth?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Null;
    use serde_json::{Value, json};

    const P256DH: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

    /// The device, or the fields and codes of the errors.
    fn read(body: Value) -> Result<NewPushSubscription, Vec<(String, &'static str)>> {
        let Value::Object(fields) = body else {
            panic!("no object")
        };
        let checks = PushChecks {
            url: &|url| {
                let is_https = url.starts_with("https://");
                is_https
                    .then_some(())
                    .ok_or_else(|| "must begin with https://".to_owned())
            },
            point: &|bytes| bytes[0] == 4,
        };
        let mut reader = ObjectReader::new(fields, Null::Absent);
        let read = NewPushSubscription::read(&mut reader, checks);
        let told = |errors: Vec<crate::field_error::FieldError>| {
            let told = errors.into_iter().map(|error| (error.field, error.code));
            told.collect()
        };
        reader.finish(read).map_err(told)
    }

    fn errors(body: Value) -> Vec<(String, &'static str)> {
        read(body).unwrap_err()
    }

    fn of(fields: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        let fields = fields.iter();
        fields
            .map(|(field, code)| ((*field).to_owned(), *code))
            .collect()
    }

    #[test]
    fn a_browser_is_read_as_it_describes_itself_with_or_without_padding() {
        for padding in ["", "="] {
            let auth = format!("BTBZMqHH6r4Tts7J_aSIgg{padding}{padding}");
            let body = json!({
                "endpoint": "https://push.example.com/a",
                "expirationTime": null,
                "keys": {"p256dh": format!("{P256DH}{padding}"), "auth": auth},
            });
            let NewPushSubscription(address) = read(body).unwrap();
            assert_eq!(address.kind(), PushKind::WebPush);
            assert_eq!(format!("{address:?}"), "DeviceAddress(…)");
            let DeviceAddress::Browser { endpoint, keys } = address else {
                panic!("a browser")
            };
            assert_eq!(endpoint, "https://push.example.com/a");
            assert_eq!((keys.p256dh.len(), keys.auth.len()), (65, 16));
        }
    }

    #[test]
    fn an_app_is_read_by_its_token_alone() {
        let app = read(json!({"token": "abc:def"})).unwrap();
        assert_eq!(app.0, DeviceAddress::App("abc:def".to_owned()));
        let both = json!({"token": "abc", "endpoint": "https://push.example.com/a"});
        assert_eq!(errors(both), of(&[("token", "not_allowed")]));
        assert_eq!(
            errors(json!({"token": "a b"})),
            of(&[("token", "invalid_token")])
        );
    }

    #[test]
    fn every_fault_is_named_at_once() {
        assert_eq!(errors(json!({})), of(&[("endpoint", "required")]));
        let all = json!({
            "endpoint": "http://push.example.com/a",
            "keys": {"p256dh": "AAAA", "auth": "!", "more": 1},
            "extra": true,
        });
        let expected = [
            ("endpoint", "unfit_url"),
            ("keys.p256dh", "invalid_key"),
            ("keys.auth", "invalid_key"),
            ("keys.more", "unknown_field"),
            ("extra", "unknown_field"),
        ];
        let mut found = errors(all);
        let mut expected = of(&expected);
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
        let alone = json!({"endpoint": "https://push.example.com/a"});
        assert_eq!(errors(alone), of(&[("keys", "required")]));
    }
}
