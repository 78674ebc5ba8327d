//! Push messages: what they say, and how they reach a browser (Web Push) or an app (Firebase Cloud Messaging).

mod encrypt;
mod fcm;
mod jwt;
mod message;
mod titles;
mod vapid;
mod web;

pub(crate) use fcm::Fcm;
pub use fcm::FcmSetupError;
pub use message::Message;
pub(crate) use web::WebPush;

use actions::push::PushAnswer;

/// The answer of a push service, and whether the attempt counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Called {
    /// The answer.
    pub answer: PushAnswer,
    /// Whether it counts.
    pub counts: Counts,
}

/// Whether a failed attempt counts against the notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    /// The message may be the cause, or the push service may have it: attempts are used up.
    Yes,
    /// The message was not looked at: it waits until the push service works.
    No,
}

impl Called {
    fn counting(answer: PushAnswer) -> Self {
        let counts = Counts::Yes;
        Self { answer, counts }
    }

    fn sparing(answer: PushAnswer) -> Self {
        let counts = Counts::No;
        Self { answer, counts }
    }
}
