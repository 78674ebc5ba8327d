//! Twilio: `POST /2010-04-01/Accounts/{sid}/Messages.json`, a form
//! (<https://www.twilio.com/docs/messaging/api/message-resource>). It has no idempotency key: a message that may have been
//! sent is not sent again. Its reports name our own id, since the address for them is given with each message.

use super::{
    Complaint, Doubt, Outgoing, Provider, SmsError,
    api::{self, Api},
    receipt,
};
use actions::notifications::sms::Receipt;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::sms::twilio_report_url;
use futures_util::{FutureExt, future::BoxFuture};
use platform::{
    config::{Twilio, TwilioSender},
    outbound::Reply,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

#[derive(Debug)]
pub(super) struct TwilioApi {
    api: Api,
    account_sid: String,
    auth_token: SecretString,
    sender: TwilioSender,
    /// The public address of this system; `None` if Twilio cannot reach it.
    reports_to: Option<String>,
}

impl TwilioApi {
    pub fn new(account: &Twilio, public_url: &str) -> Self {
        let path = format!("/2010-04-01/Accounts/{}/Messages.json", account.account_sid);
        Self {
            api: Api::new(&account.api, &path),
            account_sid: account.account_sid.clone(),
            auth_token: account.auth_token.clone(),
            sender: account.sender.clone(),
            // An address that it cannot call is refused with the whole message.
            reports_to: public_url
                .starts_with("https://")
                .then(|| public_url.to_owned()),
        }
    }

    async fn call(&self, message: &Outgoing<'_>) -> Result<Receipt, SmsError> {
        let sender = match &self.sender {
            TwilioSender::From(sender) => ("From", sender.as_str()),
            TwilioSender::Service(sid) => ("MessagingServiceSid", sid.as_str()),
        };
        let mut form = vec![("To", message.to.as_str()), sender, ("Body", message.text)];
        let callback = self.reports_to.as_deref();
        let callback = callback.map(|url| twilio_report_url(url, message.id));
        form.extend(callback.as_deref().map(|url| ("StatusCallback", url)));
        let token = self.auth_token.expose_secret();
        let login = STANDARD.encode(format!("{}:{token}", self.account_sid));
        let headers = [("authorization", format!("Basic {login}"))];
        let reply = self.api.post(&headers, &form).await?;
        let by_status = || api::by_status(&reply, message.now);
        match reply.status.as_u16() {
            200..=299 => read(&reply),
            // It says what it refused; a redirect, a limit and a failure have no code that says more.
            400..=407 | 409..=428 | 430..=499 => {
                let code = api::object(&reply).and_then(|answer| code(&answer, "code"));
                Err(code.map_or_else(by_status, by_code))
            }
            _ => Err(by_status()),
        }
    }
}

/// Reads a success, which may have an error inside.
fn read(reply: &Reply) -> Result<Receipt, SmsError> {
    let unreadable = || SmsError::Unknown(Doubt::Unreadable(reply.status.as_u16()));
    let answer = api::object(reply).ok_or_else(unreadable)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    match (text("sid"), text("status")) {
        (
            Some(sid),
            Some("accepted" | "scheduled" | "queued" | "sending" | "sent" | "delivered"),
        ) => Ok(receipt(sid)),
        (Some(_), Some("failed" | "undelivered" | "canceled")) => {
            Err(by_code(code(&answer, "error_code").unwrap_or_default()))
        }
        _ => Err(code(&answer, "code").map_or_else(unreadable, by_code)),
    }
}

fn code(answer: &Map<String, Value>, name: &str) -> Option<i64> {
    answer.get(name).and_then(Value::as_i64)
}

/// What an error code means (<https://www.twilio.com/docs/api/errors>).
fn by_code(code: i64) -> SmsError {
    match code {
        // A login that is wrong, or an account that is closed or suspended, also for its balance.
        20003 | 20005 | 20006 | 20404 | 30002 => SmsError::TurnedAway(Complaint::Account),
        // No sender, one of another account, or a messaging service that does not exist: for every recipient.
        21603 | 21660 | 21701 | 21705 => SmsError::TurnedAway(Complaint::Sender),
        // A sender that may not send there, or none for that country in the messaging service.
        21212 | 21606 | 21612 | 21659 | 21703 => SmsError::Sender(code),
        20429 | 21611 | 30001 => SmsError::SlowDown { pause: None },
        // No number, a land line, or one whose owner said STOP.
        21211 | 21214 | 21217 | 21610 | 21614 | 30004 => SmsError::Number(code),
        // 30005 and 30006, too: they stand for a number that is unknown, and for one that is out of reach.
        _ => SmsError::Refused(code),
    }
}

impl Provider for TwilioApi {
    fn send<'p>(&'p self, message: &'p Outgoing<'p>) -> BoxFuture<'p, Result<Receipt, SmsError>> {
        self.call(message).boxed()
    }
}
