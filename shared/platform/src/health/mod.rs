//! Health: whether the schema is current, and whether workers and a scheduler are present.

mod store;

use crate::{
    context::Context,
    presence::{self, Role},
};
use domain::queue::Queue;
use std::time::Duration;

/// The lifetime of the key that a check of Redis writes. It is never read.
const WRITTEN_FOR: Duration = Duration::from_mins(1);

/// The command by which Redis is checked. It writes, since a replica or a full server refuses writes
/// and still replies to PING.
#[must_use]
pub fn redis_write(prefix: &str) -> redis::Cmd {
    let mut write = redis::cmd("SET");
    write.arg(format!("{prefix}:health")).arg("written");
    write.arg("EX").arg(WRITTEN_FOR.as_secs());
    write
}

/// The state of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Every migration of this program is applied. There may be newer ones: they work with the
    /// release before them.
    Current,
    /// Some migration of this program is not applied.
    Behind,
}

/// Reads the state of the schema.
///
/// # Errors
/// The database does not respond.
pub async fn schema(cx: &Context) -> sqlx::Result<Schema> {
    let known = crate::MIGRATOR
        .iter()
        .map(|migration| migration.version)
        .max();
    let applied = if store::is_migrated(&cx.pool).await? {
        store::newest_migration(&cx.pool).await?
    } else {
        None
    };
    Ok(if applied >= known {
        Schema::Current
    } else {
        Schema::Behind
    })
}

/// The presence of workers and schedulers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staffing {
    /// Queues that no worker serves: their jobs wait.
    pub unserved: Vec<Queue>,
    /// Whether a scheduler is present: without one no sweep is enqueued.
    pub scheduler: bool,
}

/// Reads the presence of workers and schedulers, by the heartbeats of the last seconds.
///
/// # Errors
/// The database does not respond.
pub async fn staffing(cx: &Context) -> sqlx::Result<Staffing> {
    let present = presence::present(cx).await?;
    Ok(Staffing {
        unserved: present.unserved(),
        scheduler: present.running(Role::Scheduler) > 0,
    })
}
