//! The rows of webhooks. Pure.

use chrono::{DateTime, Utc};
use domain::{
    ids::{EventId, UserId, WebhookDeliveryId, WebhookId},
    webhooks::{
        Circuit, DeliveryFailure, DeliveryStatus, DisabledBecause, WebhookSecret, WebhookType,
    },
};

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The address.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The types that are sent; empty for all.
    pub events: Vec<WebhookType>,
    /// The secret that signs.
    pub secret: WebhookSecret,
    /// The secret before, and until when it signs too.
    pub previous: Option<(WebhookSecret, DateTime<Utc>)>,
    /// Why and since when it is disabled.
    pub disabled: Option<(DisabledBecause, DateTime<Utc>)>,
    /// How it failed since its last success.
    pub circuit: Circuit,
    /// The admin who created it.
    pub created_by: UserId,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When an admin changed it.
    pub updated_at: DateTime<Utc>,
}

impl Webhook {
    /// The secrets that sign at an instant, the newest first.
    pub fn signing(&self, now: DateTime<Utc>) -> impl Iterator<Item = &WebhookSecret> {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        [&self.secret]
            .into_iter()
            .chain(previous.map(|(secret, _)| secret))
    }
}

/// One event for one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, which is the `webhook-id` of every attempt.
    pub id: WebhookDeliveryId,
    /// The endpoint.
    pub webhook: WebhookId,
    /// The event.
    pub event: EventId,
    /// The type.
    pub kind: WebhookType,
    /// The state.
    pub status: DeliveryStatus,
    /// Whether an admin asked for it.
    pub by_hand: bool,
    /// Attempts in all.
    pub attempts: i32,
    /// Failed attempts since it began to wait.
    pub failures: i32,
    /// The earliest instant of the next attempt, while it waits.
    pub next_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was delivered, or its attempts were used up.
    pub ended_at: Option<DateTime<Utc>>,
}

/// An attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The delivery.
    pub delivery: WebhookDeliveryId,
    /// When it began.
    pub at: DateTime<Utc>,
    /// Why it failed; `None` for a success.
    pub failure: Option<DeliveryFailure>,
    /// The status of the response.
    pub status_code: Option<i16>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i32>,
    /// The beginning of the response.
    pub answer: Option<String>,
}
