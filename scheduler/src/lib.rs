//! Says when the periodic jobs run, never what they do. Any number of schedulers may run: they
//! meet in the database, by its clock, and there is no leader to lose.

mod due;
mod pass;
mod schedules;
mod timing;

pub use due::{Tick, due};
pub use schedules::problems;
pub use timing::{Timing, TimingError};

use chrono::{DateTime, Utc};
use jobs::schedules::store;
use platform::{context::Context, error_chain::Chain};
use schedules::Schedule;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The longest sleep: how soon a schedule that another process moved, or a scheduler that died,
/// is noticed.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The sleep when what is due is locked by another scheduler's pass.
const ANOTHER_IS_AT_IT: Duration = Duration::from_millis(100);
/// The longest pause after the database failed.
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);
/// How long one turn may take: a connection that is dead without saying so ends here.
const TURN_LIMIT: Duration = Duration::from_secs(10);

/// Why the scheduler cannot run, or a pass failed.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// A cron expression of the configuration is none.
    #[error("a schedule of the configuration cannot be read")]
    Schedule(#[from] TimingError),
    /// The database failed.
    #[error("the schedules could not be read or moved on")]
    Database(#[from] sqlx::Error),
    /// The database did not answer.
    #[error("the database did not answer within {} s", TURN_LIMIT.as_secs())]
    Silence,
}

/// Runs until the shutdown. The database may come and go meanwhile.
///
/// # Errors
/// A schedule of the configuration cannot be read.
pub async fn run(cx: Context, shutdown: CancellationToken) -> Result<(), SchedulerError> {
    let schedules = schedules::all(&cx.config.jobs)?;
    let mut stage = Stage::New;
    let mut failures: u32 = 0;
    while !shutdown.is_cancelled() {
        let turn = tokio::time::timeout(TURN_LIMIT, turn(&cx, &schedules, stage)).await;
        let wait = match turn.unwrap_or(Err(SchedulerError::Silence)) {
            Ok(wait) => {
                (stage, failures) = (Stage::Registered, 0);
                wait
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                tracing::warn!(error = %Chain(&error), "the scheduler tries again");
                backoff(failures, cx.ids.fraction())
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
    Ok(())
}

/// Enqueues what is due at `now` and says how many jobs that were. Schedules that the database
/// does not know yet are due from `now` on. For tests and for the demo, which move the clock.
///
/// # Errors
/// A schedule of the configuration cannot be read, or the database failed; nothing was done then.
pub async fn pass(cx: &Context, now: DateTime<Utc>) -> Result<usize, SchedulerError> {
    Ok(pass::pass(cx, &schedules::all(&cx.config.jobs)?, now).await?)
}

/// Whether this process has put its configuration into the database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Registered,
}

/// Does what is due, and says how long to sleep.
async fn turn(
    cx: &Context,
    schedules: &[Schedule],
    stage: Stage,
) -> Result<Duration, SchedulerError> {
    let names = pass::names(schedules);
    let mut look = store::look(&cx.pool, &names).await?;
    if stage == Stage::New {
        pass::register(cx, schedules, look.now).await?;
        look = store::look(&cx.pool, &names).await?;
    }
    match look.next {
        Some(next) if next > look.now => {
            let wait = (next - look.now).to_std().unwrap_or(LOOK_AGAIN);
            Ok(wait.min(LOOK_AGAIN))
        }
        Some(_) => Ok(match pass::pass(cx, schedules, look.now).await? {
            0 => ANOTHER_IS_AT_IT,
            _ => Duration::ZERO,
        }),
        // somebody emptied the table
        None => {
            pass::pass(cx, schedules, look.now).await?;
            Ok(LOOK_AGAIN)
        }
    }
}

/// A quarter of a second, doubled with each failure, and up to a half more by chance.
fn backoff(failures: u32, chance: f64) -> Duration {
    let base = Duration::from_millis(125).saturating_mul(2_u32.saturating_pow(failures));
    base.min(LONGEST_BACKOFF).mul_f64(1.0 + chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_to_a_limit() {
        assert_eq!(backoff(1, 0.0), Duration::from_millis(250));
        assert_eq!(backoff(2, 0.0), Duration::from_millis(500));
        assert_eq!(backoff(u32::MAX, 0.0), LONGEST_BACKOFF);
    }
}
