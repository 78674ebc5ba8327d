//! One pass: each due schedule gets its tick, its job and its next instant in one transaction.
//!
//! Races: two schedulers at the same schedule: the second skips the locked row, or finds it moved
//! on. The clock was set back: the tick was recorded before, and no job follows. A run of the same
//! job locks its row: this tick adds no job, and the other schedules do not wait. A scheduler dies
//! or hangs inside a pass: the database rolls its transaction back, and another scheduler runs the
//! pass within seconds.

use crate::{due::due, schedules::Schedule, timing::Timing};
use actions::job_list::{self, Job};
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Initiator;
use jobs::schedules::store::{self, Due, Recorded, ScheduleRow};
use platform::{context::Context, work::UnitOfWork};

/// How long ticks are kept: longer than any clock is set back.
const KEEP_TICKS: TimeDelta = TimeDelta::days(1);

/// Replaces the schedules of earlier starts with the configured ones.
pub(crate) async fn register(
    cx: &Context,
    schedules: &[Schedule],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let mut work = cx.begin(Initiator::System).await?;
    store::set_time_limits(&mut work.tx).await?;
    store::register(&mut work.tx, &rows(schedules, now), now).await?;
    work.commit().await
}

/// Enqueues the jobs that are due at `now`, and returns their number.
pub(crate) async fn pass(
    cx: &Context,
    schedules: &[Schedule],
    now: DateTime<Utc>,
) -> sqlx::Result<usize> {
    let mut work = cx.begin_at(Initiator::System, now).await?;
    store::set_time_limits(&mut work.tx).await?;
    store::add_missing(&mut work.tx, &rows(schedules, now)).await?;
    let mut fired = 0;
    for claimed in store::claim_due(&mut work.tx, &names(schedules), now).await? {
        let known = schedules.iter().find(|s| s.job.name() == claimed.name);
        if let Some(schedule) = known
            && fire(&mut work, schedule, &claimed).await? == Recorded::New
        {
            fired += 1;
        }
    }
    work.commit().await?;
    Ok(fired)
}

async fn fire(
    work: &mut UnitOfWork<'_>,
    schedule: &Schedule,
    claimed: &Due,
) -> sqlx::Result<Recorded> {
    let now = work.now();
    // The stored timing is that of the latest start. Only a later release can store one that this
    // release cannot parse.
    let stored: Option<Timing> = claimed.timing.parse().ok();
    let timing = stored.as_ref().unwrap_or(&schedule.timing);
    let Some(tick) = due(timing, claimed.due_at, now) else {
        return Ok(Recorded::Before);
    };
    let recorded = store::record_tick(&mut work.tx, &claimed.name, tick.due_at, now).await?;
    if recorded == Recorded::New {
        enqueue(work, &schedule.job).await?;
        tracing::debug!(job.name = claimed.name, tick.due_at = %tick.due_at, "due");
    }
    store::move_on(&mut work.tx, &claimed.name, tick.next_run).await?;
    store::forget_ticks(&mut work.tx, &claimed.name, now - KEEP_TICKS).await?;
    Ok(recorded)
}

/// Enqueues the job unless one with its unique key waits or runs. A run may lock its row, so that
/// this insert would wait for its end: then the job runs, and nothing is to be done.
async fn enqueue(work: &mut UnitOfWork<'_>, job: &Job) -> sqlx::Result<()> {
    store::mark(&mut work.tx).await?;
    match job_list::enqueue(work, job).await {
        Err(error) if store::is_held_by_another(&error) => store::undo_to_mark(&mut work.tx).await,
        outcome => outcome,
    }
}

pub(crate) fn names(schedules: &[Schedule]) -> Vec<&'static str> {
    schedules.iter().map(|s| s.job.name()).collect()
}

fn rows(schedules: &[Schedule], now: DateTime<Utc>) -> Vec<ScheduleRow> {
    schedules
        .iter()
        .map(|schedule| ScheduleRow {
            name: schedule.job.name(),
            timing: schedule.timing.to_string(),
            next_run: schedule.timing.after(now),
        })
        .collect()
}
