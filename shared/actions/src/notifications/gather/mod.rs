//! Gathering: of each kind, the first notifications of a person and channel go at once, and those that follow become one
//! digest. What quiet hours hold back goes into another one, which is due when they end: it must not hold back what is
//! urgent.
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
    ids::{DigestId, EventId, NotificationId, UserId},
    notifications::{NotificationStatus, Template, gathering},
};
use platform::{trace::Trace, work::UnitOfWork};
use std::collections::{BTreeMap, HashMap};

/// A place to gather: one digest grows in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    to: UserId,
    channel: Channel,
    /// Whether quiet hours hold it back.
    is_quiet: bool,
}

/// Enqueues the delivery of each notification, or adds it to a digest if enough of its kind were told a moment ago. A
/// delivery continues the trace of its event.
///
/// # Errors
/// The database failed.
pub(super) async fn send_or_gather(
    work: &mut UnitOfWork<'_>,
    inserted: &[Inserted],
    traces: &HashMap<EventId, Option<Trace>>,
) -> sqlx::Result<()> {
    if inserted.is_empty() {
        return Ok(());
    }
    let now = work.now();
    let mut more: BTreeMap<Kind, i32> = BTreeMap::new();
    for one in inserted {
        *more.entry(Kind::of(one)).or_default() += 1;
    }
    // In the order of the map, in which rows are locked.
    let windows: Vec<_> = more
        .iter()
        .filter_map(|(kind, more)| Some((Window::of(*kind, now)?, *more)))
        .collect();
    let counted = store::count(work, &windows).await?;
    // How many of each kind were told before the next notification.
    let mut told: BTreeMap<Kind, i32> = counted
        .iter()
        .map(|(kind, count)| (*kind, count - more.get(kind).unwrap_or(&0)))
        .collect();
    let mut goes_at_once = |one: &Inserted| {
        let kind = Kind::of(one);
        let rule = gathering(kind.template, kind.channel);
        rule.zip(told.get_mut(&kind)).is_none_or(|(rule, told)| {
            *told += 1;
            *told <= rule.at_once
        })
    };
    let (at_once, gathered): (Vec<&Inserted>, Vec<_>) =
        inserted.iter().partition(|one| goes_at_once(one));
    let deliveries: Vec<_> = at_once
        .iter()
        .map(|one| {
            let trace = traces.get(&one.new.event).copied().flatten();
            (Job::Deliver(Delivery::of(one.new.channel, one.id)), trace)
        })
        .collect();
    job_list::enqueue_traced(work, &deliveries).await?;
    let mut places: BTreeMap<Place, Gathered> = BTreeMap::new();
    for one in gathered {
        let due = Window::of(Kind::of(one), now).map_or(now, |window| window.until);
        let place = Place {
            to: one.new.to,
            channel: one.new.channel,
            is_quiet: false,
        };
        let place = places.entry(place).or_insert_with(|| Gathered {
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

/// Adds notifications of one person and channel that quiet hours hold back to a digest, which is due when they end.
///
/// # Errors
/// The database failed.
pub(super) async fn hold_until(
    work: &mut UnitOfWork<'_>,
    notifications: Vec<NotificationId>,
    until: DateTime<Utc>,
) -> sqlx::Result<()> {
    let Some(first) = notifications.first() else {
        return Ok(());
    };
    let (to, channel) = store::place(work, *first).await?;
    let place = Place {
        to,
        channel,
        is_quiet: true,
    };
    let gathered = Gathered {
        due: until,
        notifications,
    };
    add(work, place, &gathered).await
}

/// The state of a digest after [`close`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// Its entries are fixed now.
    Now,
    /// They were fixed by an attempt before.
    Before,
    /// It is over.
    Over,
}

/// Fixes the entries of a digest that is due, and begins a new window for each of their kinds.
///
/// # Errors
/// The database failed.
pub(super) async fn close(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<Closed> {
    // Windows before the digest, as planning locks them. A kind that joins meanwhile has a window that is still open.
    let now = work.now();
    let windows: Vec<_> = store::kinds(work, digest)
        .await?
        .into_iter()
        .filter_map(|kind| Window::of(kind, now))
        .collect();
    store::fill(work, &windows).await?;
    if store::close(work, digest).await? {
        return Ok(Closed::Now);
    }
    Ok(if store::is_open(work, digest).await? {
        Closed::Before
    } else {
        Closed::Over
    })
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
                channel: place.channel,
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

impl Kind {
    const fn of(one: &Inserted) -> Self {
        Self {
            to: one.new.to,
            channel: one.new.channel,
            template: one.new.template,
        }
    }
}

/// The time in which the notifications of a kind are counted.
#[derive(Debug, Clone, Copy)]
struct Window {
    kind: Kind,
    until: DateTime<Utc>,
    at_once: i32,
}

impl Window {
    /// The window that begins now; `None` for a kind that is not gathered.
    fn of(kind: Kind, now: DateTime<Utc>) -> Option<Self> {
        let rule = gathering(kind.template, kind.channel)?;
        Some(Self {
            kind,
            until: now + rule.window,
            at_once: rule.at_once,
        })
    }
}

pub use store::forget_windows_before;
