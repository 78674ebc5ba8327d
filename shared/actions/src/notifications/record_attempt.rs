//! Records the outcome of a delivery, in the transaction that ends its job.

use crate::notifications::{allowance, store};
use domain::{ids::NotificationId, notifications::NotificationStatus};
use platform::work::UnitOfWork;

/// The outcome of an attempt to deliver a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt<'a> {
    /// The provider accepted it.
    Sent,
    /// The notification was not due any more.
    NothingToTell,
    /// No attempt: the address has to be confirmed first.
    Held,
    /// Nobody knows whether the provider accepted it, for this reason. It is not sent again.
    Unknown(&'a str),
    /// It failed, with this error; the job is rescheduled.
    Delayed(&'a str),
    /// It failed permanently, with this error. It stays visible and can be retried.
    GivenUp(&'a str),
    /// No attempt: the job was moved to the dead letters. The reason is stored unless an attempt left an error.
    Abandoned(&'a str),
}

/// Records the outcome of an attempt. A notification that is sent or dropped does not change.
///
/// # Errors
/// A failure of the database.
pub async fn record_attempt(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    attempt: Attempt<'_>,
) -> Result<(), sqlx::Error> {
    let (status, error) = match attempt {
        Attempt::Sent => (NotificationStatus::Sent, None),
        Attempt::NothingToTell => (NotificationStatus::Dropped, None),
        Attempt::Held => return allowance::hold(work, notification).await,
        Attempt::Unknown(error) => (NotificationStatus::Unknown, Some(error)),
        Attempt::Delayed(error) => (NotificationStatus::Pending, Some(error)),
        Attempt::GivenUp(error) => (NotificationStatus::Failed, Some(error)),
        Attempt::Abandoned(error) => return store::abandon(work, notification, error).await,
    };
    store::save(work, notification, status, error).await
}
