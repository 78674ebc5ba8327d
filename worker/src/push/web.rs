//! One message to one browser, through its push service (RFC 8030). A user gave the address of the service: it is called
//! by the guarded client alone.

use super::{
    Called, Message,
    encrypt::{SALT, encrypt},
    vapid::Vapid,
};
use crate::reply::{is_page, pause};
use actions::push::{PushAnswer, VapidKeys};
use chrono::{DateTime, TimeDelta, Utc};
use domain::push::BrowserKeys;
use platform::{
    error_chain::Chain,
    id_source::IdSource,
    outbound::{CallError, ConnectError, Destination, Outbound, Reply},
};
use std::sync::Arc;

/// The pause after a limit that names none.
const LIMIT_PAUSE: TimeDelta = TimeDelta::seconds(120);

/// Web Push.
#[derive(Debug)]
pub struct WebPush {
    outbound: Outbound,
    random: Arc<IdSource>,
    vapid: Vapid,
}

impl WebPush {
    /// Calls push services by `outbound`, which have `contact` to write to.
    pub fn new(outbound: Outbound, random: Arc<IdSource>, contact: String) -> Self {
        Self {
            outbound,
            random,
            vapid: Vapid::new(contact),
        }
    }

    /// The address of a browser. `None`: what is allowed has changed since it was registered.
    pub fn destination(&self, endpoint: &str) -> Option<Destination> {
        self.outbound.destination(endpoint).ok()
    }

    /// Sends a message to a browser.
    pub async fn send(
        &self,
        own: &VapidKeys,
        (to, keys): (&Destination, &BrowserKeys),
        message: &Message,
        now: DateTime<Utc>,
    ) -> Called {
        let salt = self.random.bytes::<SALT>();
        let Ok(body) = encrypt(keys, &salt, message.for_browser().as_bytes()) else {
            let because = "the message could not be encrypted for this browser";
            return Called::counting(PushAnswer::Unfit(because.to_owned()));
        };
        let origin = to.origin();
        let Some(authorization) = self.vapid.authorization(own, &origin, now) else {
            let because = "the system has no randomness".to_owned();
            return Called::counting(refused(because, None));
        };
        let headers = [
            ("authorization", authorization),
            ("content-type", "application/octet-stream".to_owned()),
            ("content-encoding", "aes128gcm".to_owned()),
            ("ttl", message.ttl().num_seconds().to_string()),
            ("urgency", message.urgency().to_owned()),
            ("topic", message.topic().to_owned()),
        ];
        let called = match self.outbound.post(to, &headers, body).await {
            Ok(reply) => judged(&reply, now),
            // A person chose the path: what hangs there, or breaks off, says nothing of the other ones.
            Err(error @ (CallError::TimedOut | CallError::BrokeOff(_))) => {
                Called::counting(refused(Chain(&error).to_string(), None))
            }
            Err(error) => failed(&error),
        };
        if matches!(called.answer, PushAnswer::Refused { .. }) {
            self.vapid.forget(&origin);
        }
        called
    }
}

fn refused(because: String, pause: Option<TimeDelta>) -> PushAnswer {
    PushAnswer::Refused { because, pause }
}

/// What a complete response means. Only 404 and 410 say that the browser is gone; with a wrong key every one is refused.
/// A redirect or a page is an answer to the path, which a person chose: the service is not down for that.
fn judged(reply: &Reply, now: DateTime<Utc>) -> Called {
    let status = reply.status.as_u16();
    let because = format!("the push service answered {status}");
    let pause = reply
        .header("retry-after")
        .and_then(|text| pause(text, now));
    match status {
        200 | 201 | 202 | 204 if !is_page(&reply.body) => Called::counting(PushAnswer::Accepted),
        200..=299 => {
            let because = format!("the push service answered {status} and a web page");
            Called::counting(refused(because, pause))
        }
        404 | 410 => Called::counting(PushAnswer::Gone),
        413 => Called::counting(PushAnswer::Unfit(because)),
        429 => Called::sparing(refused(because, pause.or(Some(LIMIT_PAUSE)))),
        500..=599 => Called::sparing(PushAnswer::Down { because, pause }),
        _ => Called::counting(refused(because, pause)),
    }
}

/// What it means that there is no complete response.
pub(super) fn failed(error: &CallError) -> Called {
    let because = Chain(error).to_string();
    let down = |because| PushAnswer::Down {
        because,
        pause: None,
    };
    match error {
        CallError::Unfit(_) | CallError::Refused(ConnectError::Forbidden) => {
            Called::counting(PushAnswer::Unfit(because))
        }
        CallError::Refused(_) | CallError::Tls(_) => Called::sparing(down(because)),
        CallError::TimedOut | CallError::BrokeOff(_) => Called::counting(down(because)),
    }
}
