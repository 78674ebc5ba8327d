//! One call to the API of a provider, and what the status of its response means for any of them.

use super::{Complaint, Doubt, SmsError};
use crate::reply::pause;
use chrono::{DateTime, Utc};
use platform::{
    config::ApiAddress,
    outbound::{CallError, Outbound, Reply},
};
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The API of a provider. The operator chose its address, so that it may be any; all else is as for addresses of users:
/// no redirects, no proxy, and bounded times and sizes.
#[derive(Debug)]
pub(super) struct Api {
    outbound: Outbound,
    url: String,
}

impl Api {
    /// An API at this address, and a path.
    pub fn new(address: &ApiAddress, path: &str) -> Self {
        Self {
            outbound: Outbound::new(address.allowed.clone()).within(address.patience),
            url: format!("{}{path}", address.url),
        }
    }

    /// Posts a form.
    ///
    /// # Errors
    /// There was no complete response: the message was not sent, or nobody knows.
    pub async fn post(
        &self,
        headers: &[(&'static str, String)],
        form: &[(&str, &str)],
    ) -> Result<Reply, SmsError> {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let mut all = vec![(FORM.0, FORM.1.to_owned())];
        all.push(("accept", "application/json".to_owned()));
        all.extend_from_slice(headers);
        let to = self.outbound.destination(&self.url);
        let to = to.map_err(|_| SmsError::TurnedAway(Complaint::Address))?;
        let called = self.outbound.post(&to, &all, body).await;
        called.map_err(|error| match error {
            CallError::Unfit(_) => SmsError::TurnedAway(Complaint::Address),
            CallError::Refused(_) | CallError::Tls(_) => SmsError::Unreachable(error),
            CallError::TimedOut | CallError::BrokeOff(_) => {
                SmsError::Unknown(Doubt::NoResponse(error))
            }
        })
    }
}

/// The object in the body of a response; `None` for anything else, such as a web page.
pub(super) fn object(reply: &Reply) -> Option<Map<String, Value>> {
    serde_json::from_slice(&reply.body).ok()
}

/// What a response means by its status alone: the body said nothing.
pub(super) fn by_status(reply: &Reply, now: DateTime<Utc>) -> SmsError {
    match reply.status.as_u16() {
        status @ 200..=299 => SmsError::Unknown(Doubt::Unreadable(status)),
        300..=399 | 404 | 405 => SmsError::TurnedAway(Complaint::Address),
        401 | 403 => SmsError::TurnedAway(Complaint::Account),
        402 => SmsError::TurnedAway(Complaint::Balance),
        429 => SmsError::SlowDown {
            pause: reply
                .header("retry-after")
                .and_then(|text| pause(text, now)),
        },
        // A gateway that gave up waiting does not know either.
        status @ (408 | 500..=599) => SmsError::Unknown(Doubt::Status(status)),
        status @ 400..=499 => SmsError::Refused(status.into()),
        status => SmsError::Unknown(Doubt::Status(status)),
    }
}
