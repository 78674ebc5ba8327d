//! Records that a provider accepted a text message, in the transaction that ends its job.

use super::store;
use crate::notifications::{Attempt, record_attempt};
use domain::{ids::NotificationId, sms::DeliveryReport};
use platform::work::UnitOfWork;

/// What a provider said of a message that it accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id of the message; `None` if it has none.
    pub provider_id: Option<String>,
}

/// Records that a message was accepted. A report that came first has the last word.
///
/// # Errors
/// A failure of the database.
pub async fn record_accepted(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    receipt: &Receipt,
) -> sqlx::Result<()> {
    let report = store::accept(work, notification, receipt.provider_id.as_deref()).await?;
    let attempt = match report {
        Some(DeliveryReport::Failed) => Attempt::GivenUp(super::report::NOT_DELIVERED),
        Some(DeliveryReport::OnItsWay | DeliveryReport::Delivered) | None => Attempt::Sent,
    };
    record_attempt(work, notification, attempt).await
}
