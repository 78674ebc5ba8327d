//! Deliveries that an admin asks for: they go at once, outside of the order, and are tried once.

use super::{
    model::Delivery,
    store::{self, NewDelivery},
};
use crate::error::ActionError;
use domain::{
    feed::FeedPosition,
    ids::{EventId, WebhookDeliveryId, WebhookId},
    webhooks::{DeliveryStatus, WebhookType, test_body},
};
use platform::work::UnitOfWork;

/// Sends a test to an endpoint, also to one that is disabled.
///
/// # Errors
/// [`ActionError::NotFound`]; the database failed.
pub async fn send_test(
    work: &mut UnitOfWork<'_>,
    webhook: WebhookId,
) -> Result<Delivery, ActionError> {
    let found = store::lock_webhook(&mut *work.tx, webhook).await?;
    found.ok_or(ActionError::NotFound("webhook"))?;
    let now = work.now();
    let event = EventId(work.cx.ids.uuid(now));
    let test = NewDelivery {
        id: WebhookDeliveryId(work.cx.ids.uuid(now)),
        webhook,
        event,
        kind: WebhookType::Test,
        subject: event.0,
        position: FeedPosition(0),
        body: test_body(webhook, event, now),
    };
    store::insert_test(&mut *work.tx, &test, now).await?;
    shown(work, test.id).await
}

/// Sends a delivery again, under the same id. One that waits is sent as soon as the order of its ticket allows.
///
/// # Errors
/// [`ActionError::NotFound`]; [`ActionError::Conflict`] while an attempt is under way, or when it waits for an endpoint
/// that is disabled; the database failed.
pub async fn redeliver(
    work: &mut UnitOfWork<'_>,
    webhook: WebhookId,
    id: WebhookDeliveryId,
) -> Result<Delivery, ActionError> {
    let found = store::lock_webhook(&mut *work.tx, webhook).await?;
    let mut endpoint = found.ok_or(ActionError::NotFound("webhook"))?;
    let delivery = store::lock(&mut *work.tx, id)
        .await?
        .filter(|delivery| delivery.webhook == webhook)
        .ok_or(ActionError::NotFound("delivery"))?;
    let now = work.now();
    match delivery.status {
        DeliveryStatus::Sending => {
            let detail = "An attempt of this delivery is under way: look at its outcome first.";
            return Err(ActionError::conflict("delivery_in_progress", detail));
        }
        DeliveryStatus::Waiting if endpoint.disabled.is_some() && !delivery.by_hand => {
            let detail = "The webhook is disabled: enable it, and its waiting deliveries are sent.";
            return Err(ActionError::conflict("webhook_disabled", detail));
        }
        DeliveryStatus::Waiting => {
            endpoint.circuit.open_until = None;
            store::save(&mut *work.tx, &endpoint, None).await?;
            store::expedite(&mut *work.tx, id, now).await?;
        }
        DeliveryStatus::Delivered | DeliveryStatus::Exhausted => {
            store::restart(&mut *work.tx, id, now).await?;
        }
    }
    shown(work, id).await
}

/// The delivery as it is now. The planner looks at once.
async fn shown(work: &mut UnitOfWork<'_>, id: WebhookDeliveryId) -> Result<Delivery, ActionError> {
    work.grow_feed();
    let delivery = store::lock(&mut *work.tx, id).await?;
    delivery.ok_or(ActionError::NotFound("delivery"))
}
