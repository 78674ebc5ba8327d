//! Webhooks and their deliveries in responses. The secret is in none of these: it is shown once, beside them.

use crate::respond::Time;
use actions::webhooks::{Attempt, Delivery, Webhook};
use domain::{
    ids::{EventId, UserId, WebhookDeliveryId, WebhookId},
    webhooks::{DeliveryFailure, DeliveryStatus, DisabledBecause, WebhookType},
};
use schemars::JsonSchema;
use serde::Serialize;

/// An endpoint that is told of events.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Webhook")]
pub struct WebhookView<'a> {
    /// The id of the endpoint.
    id: WebhookId,
    /// Where events are sent.
    url: &'a str,
    /// What the endpoint is for. It may be empty.
    description: &'a str,
    /// The types that are sent. An empty list stands for all of them.
    events: &'a [WebhookType],
    /// Whether events are sent.
    enabled: bool,
    /// Why the endpoint is disabled. It is null while it is enabled.
    disabled_reason: Option<DisabledBecause>,
    /// Since when the endpoint is disabled. It is null while it is enabled.
    disabled_at: Option<Time>,
    /// The number of failed attempts since the last success.
    #[schemars(range(min = 0))]
    failures: i32,
    /// The first failed attempt since the last success. It is null after a success.
    first_failure_at: Option<Time>,
    /// The instant before which nothing is sent, because the endpoint fails or asked for a pause. It may be null.
    held_until: Option<Time>,
    /// Until when the previous secret signs too. It is null if it signs no more.
    previous_secret_until: Option<Time>,
    /// The id of the admin who created the endpoint.
    created_by: UserId,
    /// When the endpoint was created.
    created_at: Time,
    /// When an admin last changed the endpoint.
    updated_at: Time,
}

impl<'a> From<&'a Webhook> for WebhookView<'a> {
    fn from(webhook: &'a Webhook) -> Self {
        let (reason, at) = webhook.disabled.unzip();
        let previous = webhook.previous.as_ref();
        Self {
            id: webhook.id,
            url: &webhook.url,
            description: &webhook.description,
            events: &webhook.events,
            enabled: webhook.disabled.is_none(),
            disabled_reason: reason,
            disabled_at: at.map(Time),
            failures: webhook.circuit.failures,
            first_failure_at: webhook.circuit.first_failure_at.map(Time),
            held_until: webhook.circuit.open_until.map(Time),
            previous_secret_until: previous.map(|(_, until)| Time(*until)),
            created_by: webhook.created_by,
            created_at: Time(webhook.created_at),
            updated_at: Time(webhook.updated_at),
        }
    }
}

/// One event for one endpoint, with the attempts to send it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookDelivery")]
pub struct DeliveryView<'a> {
    /// The id of the delivery. The endpoint gets it as `webhook-id`, the same at every attempt.
    id: WebhookDeliveryId,
    /// The id of the event, as in the list of events.
    event_id: EventId,
    /// The type of the event.
    #[serde(rename = "type")]
    kind: WebhookType,
    /// The state of the delivery.
    status: DeliveryStatus,
    /// Whether an admin asked for it: it is sent at once, outside of the order of its ticket, and tried once.
    by_hand: bool,
    /// The number of attempts that have ended.
    #[schemars(range(min = 0))]
    attempts: i32,
    /// The earliest instant of the next attempt. It is null unless the delivery waits.
    next_attempt_at: Option<Time>,
    /// When the delivery was made.
    created_at: Time,
    /// When it was accepted, or its attempts were used up. It is null before that.
    ended_at: Option<Time>,
    /// The newest attempts, 20 at most, in their order.
    log: Vec<AttemptView<'a>>,
}

/// One attempt to send an event to an endpoint.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookAttempt")]
pub struct AttemptView<'a> {
    /// When the attempt began.
    at: Time,
    /// Why the attempt failed. It is null for a success.
    failure: Option<DeliveryFailure>,
    /// The status of the response. It is null if there was no complete response.
    #[schemars(range(min = 100, max = 999))]
    status_code: Option<i16>,
    /// How long the attempt took, in milliseconds. It is null if there was no connection.
    #[schemars(range(min = 0))]
    duration_ms: Option<i32>,
    /// The first kilobyte of the response. It is null if there was no complete response.
    answer: Option<&'a str>,
}

impl<'a> DeliveryView<'a> {
    /// A delivery with those of these attempts that are its own.
    pub fn of(delivery: &Delivery, attempts: &'a [Attempt]) -> Self {
        let own = attempts.iter().filter(|one| one.delivery == delivery.id);
        let waits = delivery.status == DeliveryStatus::Waiting;
        Self {
            id: delivery.id,
            event_id: delivery.event,
            kind: delivery.kind,
            status: delivery.status,
            by_hand: delivery.by_hand,
            attempts: delivery.attempts,
            next_attempt_at: waits.then_some(Time(delivery.next_at)),
            created_at: Time(delivery.created_at),
            ended_at: delivery.ended_at.map(Time),
            log: own
                .map(|attempt| AttemptView {
                    at: Time(attempt.at),
                    failure: attempt.failure,
                    status_code: attempt.status_code,
                    duration_ms: attempt.duration_ms,
                    answer: attempt.answer.as_deref(),
                })
                .collect(),
        }
    }
}
