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

/// Returns what an attempt was of which nobody knows whether the provider accepted the message, for a reason. A report
/// that came first does know.
///
/// # Errors
/// A failure of the database.
pub async fn doubt<'a>(
    work: &mut UnitOfWork<'_>,
    parcel: Parcel,
    reason: &'a str,
) -> sqlx::Result<Attempt<'a>> {
    let report = store::accept(work, parcel, None).await?;
    Ok(match report {
        Some(report) => attempt(report),
        None => Attempt::Unknown(reason),
    })
}

/// Stores the provider's id of a message that was accepted, and returns what the attempt was. A report that came first has the last word.
///
/// # Errors
/// A failure of the database.
pub async fn accept(
    work: &mut UnitOfWork<'_>,
    parcel: Parcel,
    receipt: &Receipt,
) -> sqlx::Result<Attempt<'static>> {
    let report = store::accept(work, parcel, receipt.provider_id.as_deref()).await?;
    Ok(report.map_or(Attempt::Sent, attempt))
}

/// What an attempt was by the report on it.
const fn attempt(report: DeliveryReport) -> Attempt<'static> {
    match report {
        DeliveryReport::Failed => Attempt::GivenUp(super::report::NOT_DELIVERED),
        DeliveryReport::OnItsWay | DeliveryReport::Delivered => Attempt::Sent,
    }
}
