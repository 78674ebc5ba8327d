//! Whether what the system stands on is fit for work, and whether anybody is there to do it.

mod store;

use crate::{
    context::Context,
    presence::{self, Role},
};
use domain::queue::Queue;

/// What the database says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Every migration that this program knows is applied. There may be newer ones: they work
    /// with the release before them.
    Current,
    /// The database is not migrated, or not as far.
    Behind,
}

/// Asks the database how far it is migrated.
///
/// # Errors
/// It does not answer.
pub async fn schema(cx: &Context) -> Result<Schema, sqlx::Error> {
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

/// Whether anybody is there to do the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staffing {
    /// Queues that no worker serves: their jobs wait.
    pub unserved: Vec<Queue>,
    /// Whether a scheduler is there: without one deadlines are not looked for.
    pub scheduler: bool,
}

/// Who is there, by what the processes have said of themselves within the last seconds.
///
/// # Errors
/// The database does not answer.
pub async fn staffing(cx: &Context) -> Result<Staffing, sqlx::Error> {
    let present = presence::present(cx).await?;
    Ok(Staffing {
        unserved: present.unserved(),
        scheduler: present.running(Role::Scheduler) > 0,
    })
}
