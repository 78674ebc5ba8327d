//! Endpoints as admins manage them.

use super::{model::Webhook, store};
use crate::{error::ActionError, feed};
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    feed::FeedPosition,
    ids::WebhookId,
    people::Patch,
    webhooks::{Circuit, DisabledBecause, KEY_LENGTH, NewWebhook, WebhookChange, WebhookSecret},
};
use platform::{context::Context, work::UnitOfWork};
use sqlx::PgConnection;

/// The most endpoints.
pub const MOST_WEBHOOKS: i64 = 50;
/// How long the previous secret signs after a rotation.
const OVERLAP: TimeDelta = TimeDelta::days(1);

/// An endpoint.
///
/// # Errors
/// [`ActionError::NotFound`]; the database failed.
pub async fn find(db: &mut PgConnection, id: WebhookId) -> Result<Webhook, ActionError> {
    let found = store::find(db, id).await?;
    found.ok_or(ActionError::NotFound("webhook"))
}

async fn lock(work: &mut UnitOfWork<'_>, id: WebhookId) -> Result<Webhook, ActionError> {
    let found = store::lock_webhook(&mut *work.tx, id).await?;
    found.ok_or(ActionError::NotFound("webhook"))
}

/// Gives positions to what is committed by now. Call it before the transaction of [`create`] and of [`change`]: an endpoint
/// is sent what has a greater position than the last one, so that what has none yet would count as new.
///
/// # Errors
/// The database failed.
pub async fn end_past(cx: &Context) -> Result<(), ActionError> {
    Ok(feed::advance(cx).await?)
}

/// The position after which an endpoint is told. Until the transaction ends no planner passes it: it would leave out what
/// comes between, since it does not see the endpoint yet.
async fn beginning(work: &mut UnitOfWork<'_>) -> sqlx::Result<FeedPosition> {
    store::hold_cursor(&mut *work.tx).await?;
    feed::last(&mut *work.tx).await
}

/// Creates an endpoint with a new secret. What happens from now on is sent; call [`end_past`] before.
///
/// # Errors
/// [`ActionError::Conflict`] when there are too many; the database failed.
pub async fn create(
    work: &mut UnitOfWork<'_>,
    by: &Actor,
    new: NewWebhook,
) -> Result<Webhook, ActionError> {
    if store::count(&mut *work.tx).await? >= MOST_WEBHOOKS {
        let detail =
            format!("There are {MOST_WEBHOOKS} webhooks, which is the most: delete one first.");
        return Err(ActionError::conflict("too_many_webhooks", detail));
    }
    let now = work.now();
    let webhook = Webhook {
        id: WebhookId(work.cx.ids.uuid(now)),
        url: new.url,
        description: new.description,
        events: new.events,
        secret: new_secret(work),
        previous: None,
        disabled: None,
        circuit: Circuit::default(),
        created_by: by.id,
        created_at: now,
        updated_at: now,
    };
    let after = beginning(work).await?;
    store::insert_webhook(&mut *work.tx, &webhook, after).await?;
    Ok(webhook)
}

/// Changes an endpoint. When it is enabled again, it gets what happens from then on, and what it had not been sent
/// when it was disabled; call [`end_past`] before.
///
/// # Errors
/// [`ActionError::NotFound`]; the database failed.
pub async fn change(
    work: &mut UnitOfWork<'_>,
    id: WebhookId,
    change: WebhookChange,
) -> Result<Webhook, ActionError> {
    let enabled_after = match change.enabled {
        // Before the lock of the endpoint, which the planner takes after that of the cursor.
        Some(true) => Some(beginning(work).await?),
        Some(false) | None => None,
    };
    let mut webhook = lock(work, id).await?;
    let now = work.now();
    if let Some(url) = change.url {
        webhook.url = url;
    }
    match change.description {
        Patch::Stays => {}
        Patch::Cleared => webhook.description.clear(),
        Patch::To(description) => webhook.description = description,
    }
    if let Some(events) = change.events {
        webhook.events = events;
    }
    let mut after = None;
    match (change.enabled, webhook.disabled) {
        (Some(false), None) => webhook.disabled = Some((DisabledBecause::ByAdmin, now)),
        (Some(true), Some(_)) => {
            webhook.disabled = None;
            webhook.circuit = Circuit::default();
            after = enabled_after;
        }
        (Some(true) | None, None) | (Some(false) | None, Some(_)) => {}
    }
    webhook.updated_at = now;
    store::save(&mut *work.tx, &webhook, after).await?;
    // The planner looks at once.
    work.grow_feed();
    Ok(webhook)
}

/// Deletes an endpoint with its log.
///
/// # Errors
/// [`ActionError::NotFound`]; the database failed.
pub async fn delete(work: &mut UnitOfWork<'_>, id: WebhookId) -> Result<(), ActionError> {
    // Locked first, so that no attempt is being recorded.
    lock(work, id).await?;
    store::delete(&mut *work.tx, id).await?;
    Ok(())
}

/// Gives an endpoint a new secret. The present one signs too for a day. One before it signs no more.
///
/// # Errors
/// [`ActionError::NotFound`]; the database failed.
pub async fn rotate_secret(
    work: &mut UnitOfWork<'_>,
    id: WebhookId,
) -> Result<Webhook, ActionError> {
    let mut webhook = lock(work, id).await?;
    let now = work.now();
    let before = std::mem::replace(&mut webhook.secret, new_secret(work));
    webhook.previous = Some((before, now + OVERLAP));
    webhook.updated_at = now;
    store::save(&mut *work.tx, &webhook, None).await?;
    Ok(webhook)
}

fn new_secret(work: &UnitOfWork<'_>) -> WebhookSecret {
    WebhookSecret::new(work.cx.ids.bytes::<KEY_LENGTH>())
}
