//! Records the outcome of a delivery, in the transaction that ends its job.

use crate::{
    job_list::{self, Delivery, Job, Parcel},
    notifications::{
        allowance,
        digest::{self, End},
        gather, store,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    channel::Channel,
    ids::{DigestId, NotificationId},
    notifications::NotificationStatus,
};
use platform::work::UnitOfWork;

/// The outcome of an attempt to deliver a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt<'a> {
    /// The provider accepted it.
    Sent,
    /// It was no longer due.
    NothingToTell,
    /// No attempt: the address has to be confirmed first.
    Held,
    /// Nobody knows whether the provider accepted it, for this reason. It is not sent again.
    Unknown(&'a str),
    /// No attempt: the quiet hours of its person end then.
    Quiet(DateTime<Utc>, Holding),
    /// It failed, with this error; the job is rescheduled.
    Delayed(&'a str),
    /// It failed permanently, with this error. It stays visible and can be retried.
    GivenUp(&'a str),
    /// No attempt: the job was moved to the dead letters. The reason is stored unless an attempt left an error.
    Abandoned(&'a str),
}

/// What becomes of a notification that quiet hours hold back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// It joins the digest of its person.
    Gathered,
    /// It is sent by itself.
    ByItself(Channel),
}

/// Records the outcome of an attempt. What is sent or dropped does not change.
///
/// # Errors
/// A failure of the database.
pub async fn record_attempt(
    work: &mut UnitOfWork<'_>,
    parcel: Parcel,
    attempt: Attempt<'_>,
) -> Result<(), sqlx::Error> {
    match parcel {
        Parcel::Notification(notification) => of_notification(work, notification, attempt).await,
        Parcel::Digest(digest) => of_digest(work, digest, attempt).await,
    }
}

async fn of_notification(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    attempt: Attempt<'_>,
) -> Result<(), sqlx::Error> {
    let (status, error) = match attempt {
        Attempt::Sent => (NotificationStatus::Sent, None),
        Attempt::NothingToTell => (NotificationStatus::Dropped, None),
        Attempt::Held => return allowance::hold(work, notification).await,
        Attempt::Unknown(error) => (NotificationStatus::Unknown, Some(error)),
        Attempt::Quiet(until, Holding::Gathered) => {
            return gather::hold_until(work, vec![notification], until).await;
        }
        Attempt::Quiet(until, Holding::ByItself(channel)) => {
            let again = Job::Deliver(Delivery::of(channel, notification));
            return job_list::enqueue_at(work, &again, until).await;
        }
        Attempt::Delayed(error) => (NotificationStatus::Pending, Some(error)),
        Attempt::GivenUp(error) => (NotificationStatus::Failed, Some(error)),
        Attempt::Abandoned(error) => return store::abandon(work, notification, error).await,
    };
    store::save(work, notification, status, error).await
}

async fn of_digest(
    work: &mut UnitOfWork<'_>,
    digest: DigestId,
    attempt: Attempt<'_>,
) -> Result<(), sqlx::Error> {
    let (end, error) = match attempt {
        Attempt::Sent => (End::SENT, None),
        Attempt::Unknown(error) => (End::UNKNOWN, Some(error)),
        Attempt::Held => return digest::hold(work, digest).await,
        // Its entries were dropped, or have joined the next one.
        Attempt::NothingToTell | Attempt::Quiet(_, Holding::Gathered) => (End::DROPPED, None),
        Attempt::Quiet(until, Holding::ByItself(channel)) => {
            let parcel = Parcel::Digest(digest);
            let again = Job::Deliver(Delivery { channel, parcel });
            return job_list::enqueue_at(work, &again, until).await;
        }
        Attempt::Delayed(error) => (End::DELAYED, Some(error)),
        Attempt::GivenUp(error) => (End::FAILED, Some(error)),
        Attempt::Abandoned(error) => return digest::abandon(work, digest, error).await,
    };
    digest::save(work, digest, end, error).await
}
