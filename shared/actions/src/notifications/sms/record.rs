//! What is recorded of a text message that a provider accepted, in the transaction that ends its job.

use super::store;
use crate::{job_list::Parcel, notifications::Attempt};
use domain::sms::DeliveryReport;
use platform::work::UnitOfWork;

/// What a provider said of a message that it accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id of the message; `None` if it has none.
    pub provider_id: Option<String>,
}

/// Stores the provider's id of a message, and returns what the attempt was. A report that came first has the last word.
///
/// # Errors
/// A failure of the database.
pub async fn accept(
    work: &mut UnitOfWork<'_>,
    parcel: Parcel,
    receipt: &Receipt,
) -> sqlx::Result<Attempt<'static>> {
    let report = store::accept(work, parcel, receipt.provider_id.as_deref()).await?;
    Ok(match report {
        Some(DeliveryReport::Failed) => Attempt::GivenUp(super::report::NOT_DELIVERED),
        Some(DeliveryReport::OnItsWay | DeliveryReport::Delivered) | None => Attempt::Sent,
    })
}
