//! The access token of the service account (RFC 7523): kept in this process, and renewed when four fifths of its life are
//! over. One caller renews it while the others wait, so that a new process does not ask for a hundred. If that fails, all
//! of them share the failure for a while, so that they do not ask one after the other.

use super::{
    super::{Called, jwt, web},
    account::{Account, FcmSetupError},
};
use crate::reply::pause;
use actions::push::PushAnswer;
use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::outbound::{Destination, Outbound, Reply};
use serde::Deserialize;
use serde_json::json;
use std::fmt;
use tokio::sync::Mutex;

/// The lifetime of the request, which is the longest.
const ASKED: TimeDelta = TimeDelta::hours(1);
/// How long a failure is shared before a token is asked for again.
const SHARED: TimeDelta = TimeDelta::seconds(30);
/// The longest lifetime of a token that is believed.
const LONGEST: i64 = 24 * 3_600;
/// The permission that a token is for.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An access token. It never shows itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    renew_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Token {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The token of this process.
#[derive(Debug)]
pub(super) struct Tokens {
    outbound: Outbound,
    account: Account,
    to: Destination,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Token>,
    /// The last failure, and until when nobody asks again.
    failed: Option<(DateTime<Utc>, Called)>,
}

impl Held {
    /// The token, while it is valid.
    fn valid(&self, now: DateTime<Utc>) -> Option<Token> {
        self.token.clone().filter(|token| now < token.expires_at)
    }

    /// The answer without asking: a token that need not be renewed yet, or what is left after a failure.
    fn known(&self, now: DateTime<Utc>) -> Option<Result<Token, Called>> {
        if let Some(token) = self.token.as_ref().filter(|token| now < token.renew_at) {
            return Some(Ok(token.clone()));
        }
        let (until, called) = self.failed.as_ref()?;
        (now < *until).then(|| self.valid(now).ok_or_else(|| called.clone()))
    }
}

/// The response of the token endpoint.
#[derive(Deserialize)]
struct Issued {
    access_token: String,
    expires_in: i64,
}

impl Tokens {
    /// No token yet.
    pub fn new(outbound: Outbound, account: Account) -> Result<Self, FcmSetupError> {
        let to = outbound
            .destination(&account.token_url)
            .map_err(|_| FcmSetupError::Account("token_uri is no URL that can be called"))?;
        Ok(Self {
            outbound,
            account,
            to,
            held: Mutex::default(),
        })
    }

    /// A token that is valid now. While a new one cannot be had, the present one serves until its end.
    pub async fn current(&self, now: DateTime<Utc>) -> Result<Token, Called> {
        let mut held = self.held.lock().await;
        if let Some(known) = held.known(now) {
            return known;
        }
        match self.issue(now).await {
            Ok(token) => {
                *held = Held {
                    token: Some(token.clone()),
                    failed: None,
                };
                Ok(token)
            }
            Err(called) => {
                held.failed = Some((now + SHARED, called.clone()));
                held.valid(now).ok_or(called)
            }
        }
    }

    /// Forgets a token that was refused, unless another one has replaced it.
    pub async fn forget(&self, refused: &Token) {
        let mut held = self.held.lock().await;
        held.token.take_if(|token| token.text == refused.text);
    }

    async fn issue(&self, now: DateTime<Utc>) -> Result<Token, Called> {
        let claims = json!({
            "iss": self.account.name,
            "scope": SCOPE,
            "aud": self.account.token_url,
            "iat": now.timestamp(),
            "exp": (now + ASKED).timestamp(),
        });
        let signed = jwt::signed("RS256", &claims, |text| self.account.sign(text));
        let Some(assertion) = signed else {
            let because = "the system has no randomness".to_owned();
            return Err(refused(because));
        };
        let grant = utf8_percent_encode(GRANT, NON_ALPHANUMERIC);
        let form = format!("grant_type={grant}&assertion={assertion}");
        let headers = [(
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        )];
        let reply = self.outbound.post(&self.to, &headers, form).await;
        read(&reply.map_err(|error| web::failed(&error))?, now)
    }
}

fn refused(because: String) -> Called {
    let pause = None;
    Called::counting(PushAnswer::Refused { because, pause })
}

/// What the response of the token endpoint means.
fn read(reply: &Reply, now: DateTime<Utc>) -> Result<Token, Called> {
    let status = reply.status.as_u16();
    let because = format!("the token endpoint of Firebase answered {status}");
    let asked = reply
        .header("retry-after")
        .and_then(|text| pause(text, now));
    match status {
        200 => {
            let issued: Option<Issued> = serde_json::from_slice(&reply.body).ok();
            let fit = |issued: &Issued| {
                let is_plain = issued
                    .access_token
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic());
                is_plain && !issued.access_token.is_empty() && issued.expires_in > 0
            };
            let Some(issued) = issued.filter(fit) else {
                let because = format!("{because} without a token");
                let pause = asked;
                return Err(Called::sparing(PushAnswer::Down { because, pause }));
            };
            let life = TimeDelta::seconds(issued.expires_in.min(LONGEST));
            Ok(Token {
                text: issued.access_token,
                renew_at: now + life * 4 / 5,
                expires_at: now + life,
            })
        }
        429 | 500..=599 => {
            let pause = asked;
            Err(Called::sparing(PushAnswer::Down { because, pause }))
        }
        _ => Err(refused(because)),
    }
}
