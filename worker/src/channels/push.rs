//! Delivers notifications to the devices that a person subscribed: to all of them at once, and to each one once.
//!
//! What became of a notification at a device is committed right after the answer of its push service. A second run
//! repeats only what is open: a device gets a message a second time only if the process died, or lost its lease,
//! between the answer and its record.

use super::{Delivered, DeliveryChannel, DeliveryError, NotificationContent};
use crate::{
    mail::Verdict,
    push::{Called, Counts, Fcm, FcmSetupError, Message, WebPush},
};
use actions::{
    error::ActionError,
    notifications::undeliverable::Refusal,
    push::{
        Admission, Device, PushAnswer, Reported, VapidKeys, admission, devices, report, vapid_keys,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    ids::NotificationId,
    push::{DeviceAddress, DeviceOutcome, PushKind},
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, join_all, ready},
};
use jobs::ledger::answer_limit;
use platform::{config::TicketUrl, context::Context, db, error_chain::Chain, outbound::Outbound};
use std::{fmt, sync::Arc, time::Duration};

/// The pause between two attempts to record an answer.
const PAUSE: Duration = Duration::from_millis(100);

/// The channel of push messages.
#[derive(Clone)]
pub struct Push {
    pub(super) cx: Context,
    pub(super) web: Arc<WebPush>,
    pub(super) fcm: Option<Arc<Fcm>>,
    ticket_url: Option<TicketUrl>,
}

impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push").finish_non_exhaustive()
    }
}

/// Why a notification did not reach all devices.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The database failed.
    #[error("the devices could not be read")]
    Database(#[from] sqlx::Error),
    /// The key pair of this installation cannot be had.
    #[error("the key pair of push messages cannot be had")]
    Keys(#[source] ActionError),
    /// Some devices have to be tried again.
    #[error("{open} of {all} devices do not have the message yet: {because}")]
    Open {
        /// The devices that are tried again.
        open: usize,
        /// All devices.
        all: usize,
        /// What a push service said, in words of our own.
        because: String,
    },
    /// Push services that fail are left alone for a while.
    #[error("{open} of {all} devices have push services that fail")]
    Held {
        /// The devices that wait.
        open: usize,
        /// All devices.
        all: usize,
        /// When the first of them can be tried.
        until: DateTime<Utc>,
    },
    /// No device can ever get the message.
    #[error("no device can get the message: {because}")]
    Failed {
        /// What a push service said, in words of our own.
        because: String,
    },
}

/// What an attempt came to at a device.
enum Ended {
    Sent,
    Gone,
    Failed(String),
    /// It is tried again, and the attempt counts.
    Open(String),
    /// It is tried again at that instant, and no attempt counts.
    Waits(DateTime<Utc>),
}

impl Push {
    /// The channel as configured. Nothing is connected yet.
    ///
    /// # Errors
    /// The key file of Firebase cannot be used.
    pub fn new(cx: &Context) -> Result<Self, FcmSetupError> {
        let settings = &cx.config.push;
        let fcm = settings.fcm.as_ref().map(Fcm::new).transpose()?;
        Ok(Self {
            web: Arc::new(WebPush::new(
                Outbound::new(settings.allowed.clone()),
                Arc::clone(&cx.ids),
                settings.contact.clone(),
            )),
            fcm: fcm.map(Arc::new),
            ticket_url: cx.config.http.ticket_url.clone(),
            cx: cx.clone(),
        })
    }

    /// The time limit of one request to the database: a half-open connection is left early enough to record an answer
    /// under the same lease.
    fn answer_limit(&self) -> Duration {
        answer_limit(self.cx.config.jobs.lease)
    }

    /// Sends a message to all devices of the recipient that do not have it yet. `told` are the notifications that it tells.
    ///
    /// # Errors
    /// A device does not have the message yet, or none can get it; the database failed.
    pub async fn deliver(
        &self,
        told: &[NotificationId],
        message: &Message,
        now: DateTime<Utc>,
    ) -> Result<Delivered, PushError> {
        let devices = db::within(self.answer_limit(), devices(&self.cx, told)).await?;
        let is_open = |device: &&Device| match device.outcome {
            Some(DeviceOutcome::Sent | DeviceOutcome::Failed) => false,
            Some(DeviceOutcome::Delayed) | None => true,
        };
        let keys = if devices.iter().filter(is_open).any(is_browser) {
            Some(vapid_keys(&self.cx).await.map_err(PushError::Keys)?)
        } else {
            None
        };
        let sending = devices.iter().map(|device| async {
            match device.outcome {
                Some(DeviceOutcome::Sent) => Ok(Ended::Sent),
                Some(DeviceOutcome::Failed) => Ok(Ended::Failed("an earlier attempt".to_owned())),
                Some(DeviceOutcome::Delayed) | None => {
                    let attempt = Attempt {
                        push: self,
                        told,
                        device,
                        message,
                        now,
                    };
                    attempt.make(keys.as_ref()).await
                }
            }
        });
        // At once: a push service that is slow delays no other.
        let ended = join_all(sending).await;
        summed_up(ended.into_iter().collect::<sqlx::Result<_>>()?)
    }
}

fn is_browser(device: &Device) -> bool {
    device.address.kind() == PushKind::WebPush
}

/// A message for one device.
struct Attempt<'a> {
    push: &'a Push,
    told: &'a [NotificationId],
    device: &'a Device,
    message: &'a Message,
    now: DateTime<Utc>,
}

impl Attempt<'_> {
    async fn make(&self, keys: Option<&VapidKeys>) -> sqlx::Result<Ended> {
        if let Some(retry_at) = self.device.retry_at.filter(|at| *at > self.now) {
            return Ok(Ended::Waits(retry_at));
        }
        let (push, now) = (self.push, self.now);
        match (&self.device.address, keys, &push.fcm) {
            (DeviceAddress::Browser { endpoint, keys }, Some(own), _) => {
                let Some(to) = push.web.destination(endpoint) else {
                    let because = "its address may not be called".to_owned();
                    return self
                        .record("", Admission::Usual, PushAnswer::Unfit(because))
                        .await;
                };
                let origin = to.origin();
                self.admitted(&origin, || {
                    push.web.send(own, (&to, keys), self.message, now)
                })
                .await
            }
            (DeviceAddress::App(token), _, Some(fcm)) => {
                let origin = fcm.origin();
                self.admitted(&origin, || fcm.send(token, self.message, now))
                    .await
            }
            // No attempt helps, and it keeps no other device from counting. With the setting back it gets the next message.
            (DeviceAddress::App(_), _, None) => Ok(Ended::Failed(
                "Firebase Cloud Messaging is not configured".to_owned(),
            )),
            (DeviceAddress::Browser { .. }, None, _) => {
                Ok(Ended::Open("the key pair is not loaded".to_owned()))
            }
        }
    }

    /// Calls the push service, unless its circuit is open, and records what it said.
    async fn admitted<F: Future<Output = Called>>(
        &self,
        origin: &str,
        call: impl FnOnce() -> F,
    ) -> sqlx::Result<Ended> {
        let admission =
            db::within(self.push.answer_limit(), admission(&self.push.cx, origin)).await?;
        match admission {
            Admission::HeldUntil(until) => Ok(Ended::Waits(until)),
            Admission::Usual | Admission::Probe => {
                let Called { answer, counts } = call().await;
                let because = because(&answer);
                let ended = self.record(origin, admission, answer).await?;
                Ok(match (ended, counts) {
                    // The service may have looked at the message: it is not repeated for ever.
                    (Ended::Waits(_), Counts::Yes) => Ended::Open(because),
                    (ended, _) => ended,
                })
            }
        }
    }

    /// Records an answer, for as long as it takes: the lease ends the wait.
    async fn record(
        &self,
        origin: &str,
        admission: Admission,
        answer: PushAnswer,
    ) -> sqlx::Result<Ended> {
        let reported = Reported {
            told: self.told,
            device: self.device.id,
            origin,
            admission,
        };
        let retry_at = loop {
            let reporting = report(&self.push.cx, reported, &answer);
            match db::within(self.push.answer_limit(), reporting).await {
                Ok(retry_at) => break retry_at,
                Err(error) => {
                    tracing::debug!(error = %Chain(&error), "an answer could not be recorded yet; trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        Ok(match answer {
            PushAnswer::Accepted => Ended::Sent,
            PushAnswer::Gone => Ended::Gone,
            PushAnswer::Unfit(because) => {
                tracing::warn!(
                    notification.id = self.told.first().map(tracing::field::display),
                    subscription.id = %self.device.id,
                    error = because,
                    "a push message can never be sent to this device"
                );
                Ended::Failed(because)
            }
            PushAnswer::Refused { because, .. } | PushAnswer::Down { because, .. } => {
                retry_at.map_or(Ended::Open(because), Ended::Waits)
            }
        })
    }
}

fn because(answer: &PushAnswer) -> String {
    match answer {
        PushAnswer::Accepted | PushAnswer::Gone => String::new(),
        PushAnswer::Unfit(because)
        | PushAnswer::Refused { because, .. }
        | PushAnswer::Down { because, .. } => because.clone(),
    }
}

/// What became of the notification as a whole. It is sent if one device has it and none is open.
fn summed_up(ended: Vec<Ended>) -> Result<Delivered, PushError> {
    let all = ended.len();
    let (mut sent, mut failed, mut open, mut waits) = (false, None, Vec::new(), Vec::new());
    for one in ended {
        match one {
            Ended::Sent => sent = true,
            Ended::Gone => {}
            Ended::Failed(because) => failed = Some(because),
            Ended::Open(because) => open.push(because),
            Ended::Waits(until) => waits.push(until),
        }
    }
    let (count, first) = (open.len() + waits.len(), waits.iter().min());
    match (open.pop(), first, failed) {
        (Some(because), _, _) => Err(PushError::Open {
            open: count,
            all,
            because,
        }),
        (None, Some(until), _) => Err(PushError::Held {
            open: count,
            all,
            until: *until,
        }),
        (None, None, _) if sent => Ok(Delivered::Sent),
        (None, None, Some(because)) => Err(PushError::Failed { because }),
        (None, None, None) => Ok(Delivered::NothingToTell),
    }
}

impl DeliveryChannel for Push {
    /// Devices are a person's own: what may be sent to an address that is not confirmed has no part in it.
    fn admits<'d>(
        &'d self,
        _: &'d Context,
        _: &'d NotificationContent,
    ) -> BoxFuture<'d, sqlx::Result<bool>> {
        ready(Ok(true)).boxed()
    }

    fn send<'d>(
        &'d self,
        content: &'d NotificationContent,
        now: DateTime<Utc>,
    ) -> BoxFuture<'d, Result<Delivered, DeliveryError>> {
        async move {
            let delivered = match content {
                NotificationContent::Ticket(content) => {
                    let message = Message::of_ticket(content, self.ticket_url.as_ref());
                    self.deliver(&[content.id], &message, now).await
                }
                NotificationContent::Digest(_, contents) => {
                    let told: Vec<_> = contents.iter().map(|content| content.id).collect();
                    let message = match &contents[..] {
                        [content] => Some(Message::of_ticket(content, self.ticket_url.as_ref())),
                        _ => Message::of_digest(contents),
                    };
                    match message {
                        Some(message) => self.deliver(&told, &message, now).await,
                        None => Ok(Delivered::NothingToTell),
                    }
                }
                // Accounts are told of by e-mail alone.
                NotificationContent::Account(_) => Ok(Delivered::NothingToTell),
            };
            delivered.map_err(DeliveryError::from)
        }
        .boxed()
    }
}

impl From<PushError> for DeliveryError {
    fn from(error: PushError) -> Self {
        Self {
            // A push service has a circuit of its own: the queue goes on.
            failure: None,
            verdict: match error {
                PushError::Failed { .. } => Verdict::Permanent,
                PushError::Held { until, .. } => Verdict::HeldUntil(until),
                PushError::Database(_) | PushError::Keys(_) | PushError::Open { .. } => {
                    Verdict::Temporary
                }
            },
            was_judged: false,
            // Of a person's devices each has its own state.
            refusal: Refusal::OfTheMessage,
            record: Chain(&error).to_string(),
            pause: None,
            source: error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
