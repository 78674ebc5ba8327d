//! The devices of the recipient of a message, with what became of it at each. A message tells one notification, or those
//! of a digest: a device has it when it was sent all of them, so that a digest that shrinks is not sent again.

use super::store::deliveries as store;
use chrono::{DateTime, Utc};
use domain::{
    ids::{NotificationId, PushSubscriptionId},
    push::{DeviceAddress, DeviceOutcome},
};
use platform::context::Context;
use sqlx::PgPool;

/// A device of the recipient.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its id.
    pub id: PushSubscriptionId,
    /// Where it is reached.
    pub address: DeviceAddress,
    /// What became of the message there; `None` before the first attempt.
    pub outcome: Option<DeviceOutcome>,
    /// The earliest instant of the next attempt.
    pub retry_at: Option<DateTime<Utc>>,
}

/// The devices of the recipient of these notifications, which are of one person.
///
/// # Errors
/// The database failed.
pub async fn devices(cx: &Context, told: &[NotificationId]) -> sqlx::Result<Vec<Device>> {
    store::devices(&cx.pool, told, super::MOST_DEVICES).await
}

/// Deletes what is no longer of use: the outcomes of notifications that were sent or dropped before an instant, and
/// the circuits of push services that nobody called since. Returns the number of rows.
///
/// # Errors
/// The database failed.
pub async fn prune(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> sqlx::Result<u64> {
    let outcomes = store::prune(pool, before, limit).await?;
    Ok(outcomes + super::store::circuits::prune(pool, before, limit).await?)
}
