//! Records the answer of a push service: at the device, for the notification and in the circuit of the service, in one
//! transaction right after the answer.

use super::{
    Admission, PushAnswer,
    circuit::{ServiceFailure, bounded},
    store::{circuits, deliveries, subscriptions},
};
use chrono::{DateTime, Utc};
use domain::{
    actor::Initiator,
    ids::{NotificationId, PushSubscriptionId},
    push::DeviceOutcome,
};
use platform::{context::Context, work::UnitOfWork};

/// The people whom a circuit remembers as refused: more say nothing new.
const MOST_REFUSED: i32 = 20;

/// A message for one device, and how its push service was called.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// The notifications that it tells.
    pub told: &'a [NotificationId],
    /// The device.
    pub device: PushSubscriptionId,
    /// The push service.
    pub origin: &'a str,
    /// Why it was called.
    pub admission: Admission,
}

/// Records an answer. Returns the earliest instant of the next attempt, if the service has to be left alone until then.
///
/// # Errors
/// The database failed.
pub async fn report(
    cx: &Context,
    reported: Reported<'_>,
    answer: &PushAnswer,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let mut work = cx.begin(Initiator::System).await?;
    let retry_at = record(&mut work, reported, answer).await?;
    work.commit().await?;
    Ok(retry_at)
}

async fn record(
    work: &mut UnitOfWork<'_>,
    reported: Reported<'_>,
    answer: &PushAnswer,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let now = work.now();
    match answer {
        PushAnswer::Accepted => {
            note(work, reported, DeviceOutcome::Sent, None).await?;
            circuits::close(&mut *work.tx, reported.origin).await?;
            Ok(None)
        }
        PushAnswer::Gone => {
            subscriptions::delete(&mut *work.tx, reported.device).await?;
            circuits::close(&mut *work.tx, reported.origin).await?;
            Ok(None)
        }
        PushAnswer::Unfit(_) => {
            note(work, reported, DeviceOutcome::Failed, None).await?;
            circuits::close(&mut *work.tx, reported.origin).await?;
            Ok(None)
        }
        PushAnswer::Refused { because, pause } => {
            let retry_at = pause.map(|pause| now + bounded(pause));
            note(work, reported, DeviceOutcome::Delayed, retry_at).await?;
            let held = fail(work, reported, answer, because).await?;
            Ok(retry_at.max(held))
        }
        PushAnswer::Down { because, .. } => {
            note(work, reported, DeviceOutcome::Delayed, None).await?;
            fail(work, reported, answer, because).await
        }
    }
}

async fn note(
    work: &mut UnitOfWork<'_>,
    reported: Reported<'_>,
    outcome: DeviceOutcome,
    retry_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    let now = work.now();
    let subject = (reported.told, reported.device);
    deliveries::save(&mut *work.tx, subject, outcome, now, retry_at).await
}

/// Counts a failure of a push service. Returns until when it is held.
async fn fail(
    work: &mut UnitOfWork<'_>,
    reported: Reported<'_>,
    answer: &PushAnswer,
    because: &str,
) -> sqlx::Result<Option<DateTime<Utc>>> {
    let now = work.now();
    let before = circuits::lock(&mut *work.tx, reported.origin, now).await?;
    let (failure, asked) = match answer {
        PushAnswer::Down { pause, .. } => (ServiceFailure::Down, *pause),
        PushAnswer::Refused { pause, .. } => {
            let (origin, device) = (reported.origin, reported.device);
            if circuits::refuse(&mut *work.tx, origin, device, MOST_REFUSED).await? {
                (ServiceFailure::Refuses, *pause)
            } else {
                (ServiceFailure::RefusesAgain, *pause)
            }
        }
        PushAnswer::Accepted | PushAnswer::Gone | PushAnswer::Unfit(_) => return Ok(None),
    };
    let chance = work.cx.ids.fraction();
    let after = before.failed((failure, reported.admission), now, asked, chance);
    circuits::save(&mut *work.tx, reported.origin, after, because).await?;
    if after.open_until > before.open_until {
        tracing::warn!(
            subscription.id = %reported.device,
            failures = after.failures,
            open_until = after.open_until.map(tracing::field::display),
            error = because,
            "the circuit of a push service opened: push_circuits names it"
        );
    }
    Ok(after.open_until)
}
