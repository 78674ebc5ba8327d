//! Gathering: of each kind, the first notification of a person and channel goes at once, and those of the time after it
//! become one digest. What quiet hours hold back goes into the same digest.
//!
//! Races:
//! - two events open a window at once: the second waits for the row of the window, and finds it open;
//! - a digest is closed while a notification joins it: both lock the digest's row, and the notification finds it closed
//!   and begins another one.
//!
//! Rows are locked in the order of person and channel, so that two plans cannot wait for each other.

mod store;

use crate::{
    job_list::{self, Delivery, Job, Parcel},
    notifications::store::Inserted,
};
use chrono::{DateTime, Utc};
use domain::{
    channel::Channel,
    ids::{DigestId, NotificationId, UserId},
    notifications::{NotificationStatus, Template, gathered_for},
};
use platform::work::UnitOfWork;
use std::collections::BTreeMap;

/// A place to gather: one digest grows in each.
type Place = (UserId, Channel);

/// Enqueues the delivery of each notification, or adds it to a digest if its kind was told a moment ago.
///
/// # Errors
/// The database failed.
pub(super) async fn send_or_gather(
    work: &mut UnitOfWork<'_>,
    inserted: &[Inserted],
) -> sqlx::Result<()> {
    let windows: Vec<_> = inserted
        .iter()
        .filter_map(|one| window(one, work.now()))
        .collect();
    let opened = store::open_windows(work, &windows).await?;
    let (at_once, gathered): (Vec<&Inserted>, Vec<_>) = inserted.iter().partition(|one| {
        window(one, work.now()).is_none_or(|window| opened.contains(&window.kind))
    });
    let deliveries: Vec<_> = at_once
        .iter()
        .map(|one| Job::Deliver(Delivery::of(one.new.channel, one.id)))
        .collect();
    job_list::enqueue_all(work, &deliveries).await?;
    let mut places: BTreeMap<Place, Gathered> = BTreeMap::new();
    for one in gathered {
        let due = window(one, work.now()).map_or(work.now(), |window| window.until);
        let place = places.entry((one.new.to, one.new.channel));
        let place = place.or_insert_with(|| Gathered {
            due,
            notifications: Vec::new(),
        });
        place.notifications.push(one.id);
    }
    for (place, gathered) in places {
        add(work, place, &gathered).await?;
    }
    Ok(())
}

/// Adds a notification that quiet hours hold back to a digest, which is due when they end.
///
/// # Errors
/// The database failed.
pub(super) async fn hold_until(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    until: DateTime<Utc>,
) -> sqlx::Result<()> {
    let place = store::place(work, notification).await?;
    let gathered = Gathered {
        due: until,
        notifications: vec![notification],
    };
    add(work, place, &gathered).await
}

/// Fixes the entries of a digest that is due, and begins a new window for each of their kinds. `false`: it was sent.
///
/// # Errors
/// The database failed.
pub(super) async fn close(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<bool> {
    // Windows before the digest, as planning locks them. A kind that joins meanwhile has a window that is still open.
    let windows: Vec<_> = store::kinds(work, digest)
        .await?
        .into_iter()
        .filter_map(|kind| {
            let until = work.now() + gathered_for(kind.template, kind.channel)?;
            Some(Window { kind, until })
        })
        .collect();
    store::renew_windows(work, &windows).await?;
    if store::close(work, digest).await? {
        return Ok(true);
    }
    store::is_closed(work, digest).await
}

/// What is gathered in one place.
struct Gathered {
    due: DateTime<Utc>,
    notifications: Vec<NotificationId>,
}

/// Adds notifications to the digest that grows there, or begins one and enqueues its delivery.
async fn add(work: &mut UnitOfWork<'_>, place: Place, gathered: &Gathered) -> sqlx::Result<()> {
    let digest = loop {
        if let Some(new) = store::begin(work, place, gathered.due).await? {
            let delivery = Delivery {
                channel: place.1,
                parcel: Parcel::Digest(new),
            };
            job_list::enqueue_at(work, &Job::Deliver(delivery), gathered.due).await?;
            break new;
        }
        // `None`: it was closed in between.
        if let Some(growing) = store::growing(work, place).await? {
            break growing;
        }
    };
    store::add(work, digest, &gathered.notifications).await?;
    super::store::set_status(work, &gathered.notifications, NotificationStatus::Gathered).await
}

/// A kind of notification, for one person and channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    to: UserId,
    channel: Channel,
    template: Template,
}

/// The time in which further notifications of a kind are gathered.
#[derive(Debug, Clone, Copy)]
struct Window {
    kind: Kind,
    until: DateTime<Utc>,
}

fn window(one: &Inserted, now: DateTime<Utc>) -> Option<Window> {
    let kind = Kind {
        to: one.new.to,
        channel: one.new.channel,
        template: one.new.template,
    };
    let until = now + gathered_for(kind.template, kind.channel)?;
    Some(Window { kind, until })
}

pub use store::forget_windows_before;
