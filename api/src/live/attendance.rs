//! Attendance: which agents have a connected client is noted in the database twice a minute, and at once when a client
//! connects or leaves. So an agent whose last client is gone, or whose process was killed, becomes absent after a time,
//! and one who is back is present at once (`actions::people::note_clients`).
//!
//! It has a task of its own, since it waits for rows that assignments have locked, and events do not wait for that.

use super::Live;
use actions::{
    error::ActionError,
    people::{note_attendance, note_clients},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{actor::Actor, ids::UserId};
use platform::{db, error_chain::Chain};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often all connected agents are noted.
const EVERY: TimeDelta = TimeDelta::seconds(30);
/// The pause between two looks at the clock, and after a failure.
const TICK: Duration = Duration::from_millis(250);
/// The longest that a note may take: it ends the wait on a dead connection.
const LIMIT: Duration = Duration::from_secs(10);
/// The same at a stop.
const STOP_LIMIT: Duration = Duration::from_secs(2);

/// The staff whose clients have connected or left, and who are not noted yet.
#[derive(Default)]
pub(super) struct Attendance {
    seen: Mutex<HashSet<UserId>>,
    changed: Notify,
}

impl Attendance {
    /// A client of a person has connected, or is about to leave.
    pub fn saw(&self, actor: Actor) {
        if actor.role.is_staff() {
            self.lock().insert(actor.id);
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<UserId>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> HashSet<UserId> {
        std::mem::take(&mut *self.lock())
    }
}

/// Notes attendance until the stop, and once more then.
pub(super) async fn run(live: &Live, shutdown: CancellationToken) {
    let mut noted = None;
    while !shutdown.is_cancelled() {
        let now = live.cx.clock.now();
        let seen = live.attendance.take();
        let is_due = noted.is_none_or(|noted: DateTime<Utc>| now - noted >= EVERY);
        let extent = if is_due {
            Extent::Everybody
        } else {
            Extent::Seen
        };
        let has_failed = match note(live, seen, extent, LIMIT).await {
            Noted::Stored if is_due => {
                noted = Some(now);
                false
            }
            Noted::Stored => false,
            Noted::Failed => true,
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = live.attendance.changed.notified(), if !has_failed => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
    note(live, live.attendance.take(), Extent::Everybody, STOP_LIMIT).await;
}

/// Whom a note is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Those whose clients have connected or left.
    Seen,
    /// All who are connected, too.
    Everybody,
}

/// What became of a note.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noted {
    Stored,
    Failed,
}

/// Notes these people, and those whom the extent adds. On failure they are noted with the next ones.
async fn note(live: &Live, seen: HashSet<UserId>, extent: Extent, limit: Duration) -> Noted {
    let mut people = seen;
    if extent == Extent::Everybody {
        let connected = live.clients.candidates(|actor| actor.role.is_staff());
        people.extend(connected.iter().map(|one| one.actor.id));
    }
    if people.is_empty() && extent == Extent::Seen {
        return Noted::Stored;
    }
    let asked: Vec<_> = people.iter().copied().collect();
    let noting = async { Ok(stored(live, &asked, extent).await) };
    let noted: Result<(), ActionError> = match db::within(limit, noting).await {
        Ok(noted) => noted,
        Err(silence) => Err(silence.into()),
    };
    match noted {
        Ok(()) => Noted::Stored,
        Err(error) => {
            tracing::debug!(error = %Chain(&error), "the attendance of connected agents could not be noted; it is later");
            live.attendance.lock().extend(people);
            Noted::Failed
        }
    }
}

async fn stored(live: &Live, people: &[UserId], extent: Extent) -> Result<(), ActionError> {
    note_clients(&live.cx, people).await?;
    if extent == Extent::Everybody {
        // After the clients: from here on they count as noted.
        note_attendance(&live.cx).await?;
    }
    Ok(())
}
