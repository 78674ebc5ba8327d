//! Keeps account of a delivery, in the transaction that ends its job.

use crate::notifications::{allowance, store};
use domain::{ids::NotificationId, notifications::NotificationStatus};
use platform::work::UnitOfWork;

/// What became of an attempt to send a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt<'a> {
    /// The provider took it.
    Sent,
    /// There was nothing to tell any more.
    NothingToTell,
    /// No attempt: its address is to be confirmed first.
    Held,
    /// It did not work; it is tried again later.
    Delayed(&'a str),
    /// It did not work and will not: it stays visible, and can be sent again.
    GivenUp(&'a str),
    /// No attempt: its job is among the dead letters, for this reason if no attempt left one.
    Abandoned(&'a str),
}

/// Writes down an attempt. On a notification that is sent or dropped already it does nothing.
///
/// # Errors
/// The database failed.
pub async fn record(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    attempt: Attempt<'_>,
) -> Result<(), sqlx::Error> {
    let (status, error) = match attempt {
        Attempt::Sent => (NotificationStatus::Sent, None),
        Attempt::NothingToTell => (NotificationStatus::Dropped, None),
        Attempt::Held => return allowance::hold(work, notification).await,
        Attempt::Delayed(error) => (NotificationStatus::Pending, Some(error)),
        Attempt::GivenUp(error) => (NotificationStatus::Failed, Some(error)),
        Attempt::Abandoned(error) => return store::abandon(work, notification, error).await,
    };
    store::save(work, notification, status, error).await
}
