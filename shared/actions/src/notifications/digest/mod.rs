//! A digest at delivery: which of its notifications are told, and the record of the outcome.

mod store;

use crate::{
    job_list::{self, Delivery, Job, Parcel},
    notifications::{
        content,
        gather::{self, Closed},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Initiator,
    ids::{DigestId, NotificationId},
    notifications::{
        NotificationStatus,
        content::{Content, Decision},
    },
};
use platform::{context::Context, work::UnitOfWork};
use std::collections::BTreeMap;

pub(super) use store::{End, abandon, save, settle};

/// How long after its time a digest without a job is missed.
const OVERDUE: TimeDelta = TimeDelta::minutes(15);
/// Overdue digests that one run takes.
const MOST_OVERDUE: i64 = 500;

/// Fixes the entries of a digest that is due, and loads those that are to be told. The others are dropped, or join the
/// next digest when quiet hours hold them back. A repeated attempt tells the same under the same id, less what is no
/// longer to be told; quiet hours hold it back as a whole, which is for the caller to
/// [decide](domain::notifications::content::decide_together).
/// Empty: nothing is to be told, or the digest was delivered.
///
/// # Errors
/// The database failed.
pub async fn open(
    cx: &Context,
    digest: DigestId,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Content>> {
    let mut work = cx.begin(Initiator::System).await?;
    let closed = gather::close(&mut work, digest).await?;
    if closed == Closed::Over {
        return Ok(Vec::new());
    }
    let ids = store::open_entries(&mut *work.tx, digest).await?;
    // Committed before the contents are read, which takes another connection.
    work.commit().await?;
    let contents = content::load_all(&cx.pool, &ids).await?;
    let sorted = sorted(contents, closed, now);
    let mut work = cx.begin(Initiator::System).await?;
    for (until, notifications) in sorted.waiting {
        gather::hold_until(&mut work, notifications, until).await?;
    }
    super::store::set_status(&mut work, &sorted.dropped, NotificationStatus::Dropped).await?;
    work.commit().await?;
    Ok(sorted.told)
}

/// What becomes of the entries of a digest.
struct Sorted {
    told: Vec<Content>,
    dropped: Vec<NotificationId>,
    waiting: BTreeMap<DateTime<Utc>, Vec<NotificationId>>,
}

fn sorted(contents: Vec<Content>, closed: Closed, now: DateTime<Utc>) -> Sorted {
    let mut sorted = Sorted {
        told: Vec::with_capacity(contents.len()),
        dropped: Vec::new(),
        waiting: BTreeMap::new(),
    };
    for content in contents {
        let decision = match closed {
            Closed::Now => content.decide_gathered(now),
            Closed::Before | Closed::Over => content.decide_again(now),
        };
        match (decision, closed) {
            (Decision::Drop, _) => sorted.dropped.push(content.id),
            (Decision::Wait(until), Closed::Now) => {
                sorted.waiting.entry(until).or_default().push(content.id);
            }
            (Decision::Send, _) | (Decision::Wait(_), Closed::Before | Closed::Over) => {
                sorted.told.push(content);
            }
        }
    }
    sorted
}

/// Enqueues the deliveries of digests that are overdue and that no job delivers: a worker of the release before does not
/// know them, and moves their job to the dead letters. Returns how many.
///
/// # Errors
/// The database failed.
pub async fn deliver_overdue(cx: &Context) -> sqlx::Result<usize> {
    let mut work = cx.begin(Initiator::System).await?;
    let before = work.now() - OVERDUE;
    let overdue = store::overdue(&mut *work.tx, before, MOST_OVERDUE).await?;
    let deliveries: Vec<_> = overdue
        .iter()
        .map(|(digest, channel)| {
            Job::Deliver(Delivery {
                channel: *channel,
                parcel: Parcel::Digest(*digest),
            })
        })
        .collect();
    job_list::enqueue_all(&mut work, &deliveries).await?;
    work.commit().await?;
    Ok(overdue.len())
}

/// Records that the address of a digest has to be confirmed first. If it has been confirmed meanwhile, it is delivered
/// again, as [`super::allowance`] does it for a mail.
///
/// # Errors
/// The database failed.
pub(super) async fn hold(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<()> {
    let Some(channel) = store::channel_if_confirmed(work, digest).await? else {
        return save(work, digest, End::HELD, None).await;
    };
    let delivery = Delivery {
        channel,
        parcel: Parcel::Digest(digest),
    };
    job_list::enqueue(work, &Job::Deliver(delivery)).await
}
