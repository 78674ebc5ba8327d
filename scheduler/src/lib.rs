//! Enqueues the periodic jobs when they are due. Any number of schedulers may run: they coordinate
//! in the database, by its clock, and there is no leader.

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

/// The longest sleep: the delay until a schedule that another process moved, or the death of a
/// scheduler, is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// The sleep when another scheduler's pass has locked the due schedules.
const LOCKED_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause after the database failed.
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);
/// The time limit of a turn: it ends the wait on a dead connection.
const TURN_LIMIT: Duration = Duration::from_secs(10);

/// Why the scheduler cannot run, or why a pass failed.
#[derive(Debug, thiserror::Error)]
pub enum SchedulerError {
    /// A cron expression of the configuration is invalid.
    #[error("a schedule of the configuration cannot be read")]
    Schedule(#[from] TimingError),
    /// The database failed.
    #[error("the schedules could not be read or moved on")]
    Database(#[from] sqlx::Error),
    /// The database did not respond in time.
    #[error("the database did not answer within {} s", TURN_LIMIT.as_secs())]
    Silence,
}

/// Runs until the shutdown. The database may become unavailable and return meanwhile.
///
/// # Errors
/// A cron expression of the configuration is invalid.
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

/// Enqueues the jobs that are due at `now` and returns their number. Schedules that the database
/// does not have yet are due from `now` on. For tests and for the demo, which move the clock.
///
/// # Errors
/// A cron expression of the configuration is invalid, or the database failed; then nothing was
/// enqueued.
pub async fn pass(cx: &Context, now: DateTime<Utc>) -> Result<usize, SchedulerError> {
    Ok(pass::pass(cx, &schedules::all(&cx.config.jobs)?, now).await?)
}

/// Whether this process has stored its schedules in the database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Registered,
}

/// Runs a pass if a schedule is due, and returns the time to sleep.
async fn turn(
    cx: &Context,
    schedules: &[Schedule],
    stage: Stage,
) -> Result<Duration, SchedulerError> {
    let names = pass::names(schedules);
    let mut next = store::next_due(&cx.pool, &names).await?;
    if stage == Stage::New {
        pass::register(cx, schedules, next.now).await?;
        next = store::next_due(&cx.pool, &names).await?;
    }
    match next.next {
        Some(due_at) if due_at > next.now => {
            let wait = (due_at - next.now).to_std().unwrap_or(LONGEST_SLEEP);
            Ok(wait.min(LONGEST_SLEEP))
        }
        Some(_) => Ok(match pass::pass(cx, schedules, next.now).await? {
            0 => LOCKED_PAUSE,
            _ => Duration::ZERO,
        }),
        // The table was emptied.
        None => {
            pass::pass(cx, schedules, next.now).await?;
            Ok(LONGEST_SLEEP)
        }
    }
}

/// A quarter of a second, doubled with each failure, plus up to a half at random.
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
