//! Outgoing webhooks: what other systems are told of, how it is signed, and when it is tried again. Pure.

mod body;
mod circuit;
mod endpoint;
mod retry;
mod secret;
mod words;

pub use body::{Thin, test_body};
pub use circuit::{Circuit, FAILURES_TO_OPEN};
pub use endpoint::{NewWebhook, WebhookChange};
pub use retry::{Next, next};
pub use secret::{KEY_LENGTH, WebhookSecret};
pub use words::{DeliveryFailure, DeliveryStatus, DisabledBecause, WebhookType};
