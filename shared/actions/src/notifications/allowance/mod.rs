//! The daily quota of unconfirmed addresses. A person who registers with another's address must not be able to
//! flood that address, nor to send texts of their own to it. An unconfirmed address gets only mails whose links
//! confirm it, up to a number a day (UTC). Mails about tickets are held until the confirmation, and the latest of
//! them are then sent.
//!
//! Races: the count locks the row of the day, so that two mails at the same time are counted one after the other.
//! A mail is counted at its first attempt only. Holding a mail checks the confirmation again under a lock of the
//! person's row: the confirmation has the same lock while it releases the held mails, so that no mail stays held.

mod store;

use crate::job_list::{self, Delivery, Job};
use chrono::TimeDelta;
use domain::{
    actor::Initiator,
    channel::Channel,
    ids::{NotificationId, UserId},
};
use platform::{context::Context, work::UnitOfWork};

/// Maximum of mails to an unconfirmed address on one day.
const MAILS_A_DAY: i32 = 20;
/// Age up to which a held mail is sent; a confirmation link is valid for the same time.
const HELD_FOR: TimeDelta = TimeDelta::days(7);

/// Whether a mail may be sent under the quota, and counts it. A mail over the quota is never sent.
///
/// # Errors
/// A failure of the database.
pub async fn admit(cx: &Context, notification: NotificationId) -> Result<bool, sqlx::Error> {
    let Some(address) = store::unconfirmed_address(&cx.pool, notification).await? else {
        return Ok(true);
    };
    let mut work = cx.begin(Initiator::System).await?;
    if !store::mark_admitted(&mut work, notification).await? {
        return Ok(true);
    }
    let day = work.now().date_naive();
    if !store::count(&mut work, &address, day, MAILS_A_DAY).await? {
        return Ok(false);
    }
    work.commit().await?;
    Ok(true)
}

/// Holds a mail until its address is confirmed; enqueues it again if it has just been confirmed.
///
/// # Errors
/// A failure of the database.
pub(super) async fn hold(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
) -> Result<(), sqlx::Error> {
    if store::is_confirmed(work, notification).await? {
        let again = Delivery::of(Channel::Email, notification);
        return job_list::enqueue(work, &Job::Deliver(again)).await;
    }
    store::hold(work, notification).await
}

/// Enqueues the latest held mails of a person, whose row is locked, in their order, and drops the older ones. At
/// delivery each is checked again for being due.
///
/// # Errors
/// A failure of the database.
pub(crate) async fn release(work: &mut UnitOfWork<'_>, owner: UserId) -> Result<(), sqlx::Error> {
    let since = work.now() - HELD_FOR;
    let released = store::release(work, owner, since, i64::from(MAILS_A_DAY)).await?;
    store::drop_held(work, owner).await?;
    let deliveries: Vec<_> = released
        .into_iter()
        .map(|(notification, channel)| Job::Deliver(Delivery::of(channel, notification)))
        .collect();
    job_list::enqueue_all(work, &deliveries).await
}

pub use store::forget_before;
