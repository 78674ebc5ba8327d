//! An attempt: what is sent, and what its outcome means for the delivery and for the endpoint.

use super::{
    model::{Attempt, Delivery, Webhook},
    store::{self, Outcome},
};
use crate::people::tell_admins;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::WebhookDeliveryId,
    people::AccountEventKind,
    webhooks::{
        Circuit, DeliveryFailure, DeliveryStatus, DisabledBecause, Next, WebhookSecret, next,
    },
};
use platform::{context::Context, metrics::WebhookOutcome, work::UnitOfWork};

/// What an attempt sends.
#[derive(Debug)]
pub struct Outgoing {
    /// The id by which the receiver recognises a repetition.
    pub id: WebhookDeliveryId,
    /// The address.
    pub url: String,
    /// The body.
    pub body: String,
    /// The secrets that sign, the newest first.
    pub secrets: Vec<WebhookSecret>,
}

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptReport {
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
    /// The pause that the receiver asked for.
    pub retry_after: Option<TimeDelta>,
}

/// What an attempt of a delivery sends; `None` if it is no longer under way, or may not be sent now.
///
/// # Errors
/// The database failed.
pub async fn outgoing(
    cx: &Context,
    id: WebhookDeliveryId,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Outgoing>> {
    let Some(content) = store::content(&cx.pool, id).await? else {
        return Ok(None);
    };
    let webhook = store::find(&cx.pool, content.webhook).await?;
    let may_go = |webhook: &Webhook| {
        content.status == DeliveryStatus::Sending && (content.by_hand || webhook.disabled.is_none())
    };
    Ok(webhook.filter(may_go).map(|webhook| Outgoing {
        id,
        secrets: webhook.signing(now).cloned().collect(),
        url: webhook.url,
        body: content.body,
    }))
}

/// Lets a delivery wait again whose attempt did not take place.
///
/// # Errors
/// The database failed.
pub async fn hold(work: &mut UnitOfWork<'_>, id: WebhookDeliveryId) -> sqlx::Result<()> {
    store::hold(&mut *work.tx, id).await
}

/// Records an attempt: in the log, for the delivery, and for the endpoint. Returns what to count after the commit.
///
/// # Errors
/// The database failed.
pub async fn record_attempt(
    work: &mut UnitOfWork<'_>,
    id: WebhookDeliveryId,
    report: AttemptReport,
) -> sqlx::Result<Option<WebhookOutcome>> {
    let Some((mut webhook, delivery)) = lock(work, id).await? else {
        return Ok(None);
    };
    let (failure, asked) = (report.failure, report.retry_after);
    store::log_attempt(&mut *work.tx, &attempt(id, report)).await?;
    if delivery.status != DeliveryStatus::Sending {
        return Ok(None);
    }
    let (now, was_enabled) = (work.now(), webhook.disabled.is_none());
    let chance = work.cx.ids.fraction();
    let outcome = match failure {
        None => {
            webhook.circuit = Circuit::default();
            Outcome::Delivered(now)
        }
        Some(failure) => {
            let failed = Failed {
                failure,
                asked,
                chance,
            };
            failed.of(&mut webhook, &delivery, now)
        }
    };
    store::save(&mut *work.tx, &webhook, None).await?;
    store::end(&mut *work.tx, id, outcome).await?;
    if was_enabled && webhook.disabled.is_some() {
        tell_admins(work, AccountEventKind::WebhookDisabled).await?;
    }
    Ok(Some(match outcome {
        Outcome::Delivered(_) => WebhookOutcome::Delivered,
        Outcome::Waits(_) => WebhookOutcome::Delayed,
        Outcome::Exhausted(_) => WebhookOutcome::Exhausted,
    }))
}

/// A failed attempt.
struct Failed {
    failure: DeliveryFailure,
    asked: Option<TimeDelta>,
    chance: f64,
}

impl Failed {
    /// What it means for the endpoint, which it may disable, and for the delivery.
    fn of(&self, webhook: &mut Webhook, delivery: &Delivery, now: DateTime<Utc>) -> Outcome {
        if self.failure == DeliveryFailure::Gone {
            disable(webhook, DisabledBecause::Gone, now);
            return Outcome::Exhausted(now);
        }
        // An admin's own attempts are not held against the endpoint.
        if delivery.by_hand {
            return Outcome::Exhausted(now);
        }
        webhook.circuit = webhook.circuit.failed(now, self.asked, self.chance);
        if webhook.circuit.is_hopeless(now) {
            disable(webhook, DisabledBecause::Failures, now);
        }
        match next(delivery.failures + 1, now, self.asked, self.chance) {
            Next::At(at) => Outcome::Waits(at),
            Next::Exhausted => Outcome::Exhausted(now),
        }
    }
}

/// Ends a delivery whose job will never succeed. It says nothing about the endpoint.
///
/// # Errors
/// The database failed.
pub async fn abandon(work: &mut UnitOfWork<'_>, id: WebhookDeliveryId) -> sqlx::Result<()> {
    let now = work.now();
    let Some((_, delivery)) = lock(work, id).await? else {
        return Ok(());
    };
    if delivery.status != DeliveryStatus::Sending {
        return Ok(());
    }
    let attempt = Attempt {
        delivery: id,
        at: now,
        failure: Some(DeliveryFailure::Abandoned),
        status_code: None,
        duration_ms: None,
        answer: None,
    };
    store::log_attempt(&mut *work.tx, &attempt).await?;
    store::end(&mut *work.tx, id, Outcome::Exhausted(now)).await
}

/// Locks the endpoint of a delivery, then the delivery: always in this order.
async fn lock(
    work: &mut UnitOfWork<'_>,
    id: WebhookDeliveryId,
) -> sqlx::Result<Option<(Webhook, Delivery)>> {
    let Some(webhook) = store::webhook_of(&mut *work.tx, id).await? else {
        return Ok(None);
    };
    let Some(webhook) = store::lock_webhook(&mut *work.tx, webhook).await? else {
        return Ok(None);
    };
    let delivery = store::lock(&mut *work.tx, id).await?;
    Ok(delivery.map(|delivery| (webhook, delivery)))
}

fn disable(webhook: &mut Webhook, because: DisabledBecause, now: DateTime<Utc>) {
    if webhook.disabled.is_some() {
        return;
    }
    webhook.disabled = Some((because, now));
    tracing::warn!(
        webhook.id = %webhook.id,
        because = because.as_str(),
        failures = webhook.circuit.failures,
        "a webhook was disabled: its endpoint does not accept events"
    );
}

fn attempt(delivery: WebhookDeliveryId, report: AttemptReport) -> Attempt {
    Attempt {
        delivery,
        at: report.at,
        failure: report.failure,
        status_code: report.status_code,
        duration_ms: report.duration_ms,
        answer: report.answer,
    }
}
