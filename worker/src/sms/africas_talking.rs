//! Africa's Talking: `POST /version1/messaging`, a form. A 201 does not mean that a message was accepted: each recipient
//! has a code (<https://developers.africastalking.com/docs/sms/sending/bulk>).

use super::{
    Complaint, Doubt, Outgoing, Provider, SmsError,
    api::{self, Api},
    receipt,
};
use actions::notifications::sms::Receipt;
use futures_util::{FutureExt, future::BoxFuture};
use platform::{config::AfricasTalking, outbound::Reply};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

const PATH: &str = "/version1/messaging";
/// What the response says instead of recipients if it does not know the sender.
const UNKNOWN_SENDER: &str = "InvalidSenderId";
/// The code of the same for a recipient.
const INVALID_SENDER: i64 = 402;

#[derive(Debug)]
pub(super) struct AfricasTalkingApi {
    api: Api,
    username: String,
    api_key: SecretString,
    sender: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "SMSMessageData")]
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "Message", default)]
    message: String,
    #[serde(rename = "Recipients")]
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    status_code: i64,
    number: String,
    #[serde(default)]
    message_id: String,
}

impl AfricasTalkingApi {
    pub fn new(account: &AfricasTalking) -> Self {
        Self {
            api: Api::new(&account.api, PATH),
            username: account.username.clone(),
            api_key: account.api_key.clone(),
            sender: account.sender.clone(),
        }
    }

    async fn call(&self, message: &Outgoing<'_>) -> Result<Receipt, SmsError> {
        let mut form = vec![
            ("username", self.username.as_str()),
            ("to", message.to.as_str()),
            ("message", message.text),
            // The sender pays.
            ("bulkSMSMode", "1"),
        ];
        form.extend(self.sender.as_deref().map(|sender| ("from", sender)));
        let key = self.api_key.expose_secret().to_owned();
        let reply = self.api.post(&[("apikey", key)], &form).await?;
        if !reply.status.is_success() {
            return Err(api::by_status(&reply, message.now));
        }
        read(&reply, message.to.as_str())
    }
}

fn read(reply: &Reply, number: &str) -> Result<Receipt, SmsError> {
    let unreadable = || SmsError::Unknown(Doubt::Unreadable(reply.status.as_u16()));
    let Ok(Answer { data }) = serde_json::from_slice(&reply.body) else {
        return Err(unreadable());
    };
    if data.recipients.is_empty() {
        return Err(if data.message == UNKNOWN_SENDER {
            SmsError::Sender(INVALID_SENDER)
        } else {
            // It sent to nobody, and does not say why.
            SmsError::Failed(reply.status.as_u16().into())
        });
    }
    let mut recipients = data.recipients.iter();
    let ours = recipients.find(|recipient| recipient.number == number);
    let ours = ours.ok_or_else(unreadable)?;
    match ours.status_code {
        100..=102 => Ok(receipt(&ours.message_id)),
        // Senders are registered by country: another recipient may get messages of it.
        INVALID_SENDER => Err(SmsError::Sender(INVALID_SENDER)),
        405 => Err(SmsError::TurnedAway(Complaint::Balance)),
        // No number, a kind that gets none, on a black list, or not to be disturbed.
        code @ (403 | 404 | 406 | 409) => Err(SmsError::Number(code)),
        // Held for its risk, and without a route: the message, not the number.
        code @ (401 | 407) => Err(SmsError::Refused(code)),
        code @ 500..=502 => Err(SmsError::Failed(code)),
        _ => Err(unreadable()),
    }
}

impl Provider for AfricasTalkingApi {
    fn send<'p>(&'p self, message: &'p Outgoing<'p>) -> BoxFuture<'p, Result<Receipt, SmsError>> {
        self.call(message).boxed()
    }
}
