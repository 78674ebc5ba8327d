//! What an address may get that nobody has confirmed: somebody who gave another's address must
//! not be able to flood it through us, nor to have us write there what they like. It gets the mails
//! whose links prove that it is its owner's, so many a day (UTC). What tells of tickets is held until
//! then; of what was held, the latest go out.
//!
//! Races: the day's row is locked by the count, so that two mails at once are counted one after
//! the other. A mail that is tried again was counted at its first attempt. Whether an address is
//! confirmed is asked again under a lock of the person's row when a mail is held, since who confirms
//! it has that lock while it looks for what is held.

mod store;

use crate::job_list::{self, Delivery, Job};
use chrono::TimeDelta;
use domain::{
    actor::Initiator,
    channel::Channel,
    ids::{NotificationId, UserId},
};
use platform::{context::Context, work::UnitOfWork};

/// Mails of one day.
const MAILS_A_DAY: i32 = 20;
/// What was held goes out for as long as the link of a confirmation is good.
const HELD_FOR: TimeDelta = TimeDelta::days(7);

/// Whether a mail may go out. One that may not will not be sent at all.
///
/// # Errors
/// The database failed.
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

/// Puts a mail by until its address is confirmed; sends it if that has just been done.
///
/// # Errors
/// The database failed.
pub(super) async fn hold(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
) -> Result<(), sqlx::Error> {
    if store::is_confirmed(work, notification).await? {
        let again = Delivery {
            channel: Channel::Email,
            notification,
        };
        return job_list::enqueue(work, &Job::Deliver(again)).await;
    }
    store::hold(work, notification).await
}

/// Has sent what was held for a person, whose row is locked: the latest, in their order. They are
/// looked at again when they are sent. The others are dropped.
///
/// # Errors
/// The database failed.
pub(crate) async fn release(work: &mut UnitOfWork<'_>, owner: UserId) -> Result<(), sqlx::Error> {
    let since = work.now() - HELD_FOR;
    let released = store::release(work, owner, since, i64::from(MAILS_A_DAY)).await?;
    store::drop_held(work, owner).await?;
    let deliveries: Vec<_> = released
        .into_iter()
        .map(|(notification, channel)| {
            Job::Deliver(Delivery {
                channel,
                notification,
            })
        })
        .collect();
    job_list::enqueue_all(work, &deliveries).await
}

pub use store::forget_before;
