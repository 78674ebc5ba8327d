//! The SQL of schedules and ticks. Instants are parameters, except in [`next_due`], which reads the
//! database's clock: all schedulers share it.

use chrono::{DateTime, Utc};
use platform::work::Tx;
use sqlx::PgPool;

/// A schedule as configured, with its first instant after now.
#[derive(Debug)]
pub struct ScheduleRow {
    /// The name of the schedule, which is that of its job.
    pub name: &'static str,
    /// The timing, as text: an interval or a cron expression.
    pub timing: String,
    /// The first instant after now; `None` when there is none.
    pub next_run: Option<DateTime<Utc>>,
}

/// A schedule that is due.
#[derive(Debug)]
pub struct Due {
    /// The name of the schedule, which is that of its job.
    pub name: String,
    /// The timing, as text: an interval or a cron expression.
    pub timing: String,
    /// The instant at which it became due.
    pub due_at: DateTime<Utc>,
}

/// The database's clock, and the next instant at which a schedule is due.
#[derive(Debug)]
pub struct NextDue {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// The first instant at which a schedule is due; `None` when none is stored.
    pub next: Option<DateTime<Utc>>,
}

/// Reads the clock and the first instant at which one of `names` is due.
///
/// # Errors
/// The database failed.
pub async fn next_due(pool: &PgPool, names: &[&str]) -> sqlx::Result<NextDue> {
    sqlx::query_as!(
        NextDue,
        r#"select clock_timestamp() as "now!", min(next_run) as next
        from schedules where name = any($1)"#,
        names as _,
    )
    .fetch_one(pool)
    .await
}

/// Limits how long the transaction may idle and wait for locks. PostgreSQL ends the transaction of
/// a scheduler that hangs or vanished, so that another takes over within seconds.
///
/// # Errors
/// The database failed.
pub async fn set_time_limits(tx: &mut Tx) -> sqlx::Result<()> {
    sqlx::query!(
        "select set_config('idle_in_transaction_session_timeout', '5s', true) as idle,
        set_config('lock_timeout', '200ms', true) as lock"
    )
    .fetch_one(&mut **tx)
    .await
    .map(drop)
}

/// Replaces the stored schedules with the configured ones. A schedule that is due stays due; any
/// other stored timing or instant (such as one far ahead, from before the clock was set back) is
/// overwritten.
///
/// # Errors
/// The database failed.
pub async fn register(
    tx: &mut Tx,
    entries: &[ScheduleRow],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (names, timings, next_runs) = columns(entries);
    sqlx::query!(
        "insert into schedules (name, timing, next_run)
        select * from unnest($1::text[], $2::text[], $3::timestamptz[])
        on conflict (name) do update set
            timing = excluded.timing,
            next_run = case
                when schedules.next_run <= $4 then schedules.next_run
                else excluded.next_run
            end",
        &names as _,
        &timings as _,
        &next_runs as _,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Adds the schedules that are missing, and leaves the others unchanged. (It checks first, since an
/// insert would wait for another scheduler's pass over the same row.)
///
/// # Errors
/// The database failed.
pub async fn add_missing(tx: &mut Tx, entries: &[ScheduleRow]) -> sqlx::Result<()> {
    let (names, timings, next_runs) = columns(entries);
    sqlx::query!(
        "insert into schedules (name, timing, next_run)
        select given.* from unnest($1::text[], $2::text[], $3::timestamptz[])
            as given (name, timing, next_run)
        where not exists (select from schedules where schedules.name = given.name)
        on conflict (name) do nothing",
        &names as _,
        &timings as _,
        &next_runs as _,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Locks and returns those of `names` that are due and that no other scheduler has locked.
///
/// # Errors
/// The database failed.
pub async fn claim_due(tx: &mut Tx, names: &[&str], now: DateTime<Utc>) -> sqlx::Result<Vec<Due>> {
    sqlx::query_as!(
        Due,
        r#"select name, timing, next_run as "due_at!"
        from schedules
        where name = any($1) and next_run <= $2
        order by next_run, name
        for update skip locked"#,
        names as _,
        now,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Whether a tick is new or was recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// The tick is new.
    New,
    /// The tick has fired before.
    Before,
}

/// Records a tick.
///
/// # Errors
/// The database failed.
pub async fn record_tick(
    tx: &mut Tx,
    name: &str,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<Recorded> {
    let done = sqlx::query!(
        "insert into ticks (schedule, due_at, fired_at) values ($1, $2, $3)
        on conflict (schedule, due_at) do nothing",
        name,
        due_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(match done.rows_affected() {
        0 => Recorded::Before,
        _ => Recorded::New,
    })
}

/// Sets the savepoint of [`undo_to_mark`].
///
/// # Errors
/// The database failed.
pub async fn mark(tx: &mut Tx) -> sqlx::Result<()> {
    sqlx::query!("savepoint schedule")
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Rolls back to [`mark`], which also makes a transaction usable again in which a statement failed.
///
/// # Errors
/// The database failed.
pub async fn undo_to_mark(tx: &mut Tx) -> sqlx::Result<()> {
    sqlx::query!("rollback to savepoint schedule")
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Whether the error is a lock timeout: another transaction held a row for longer than a pass
/// waits.
#[must_use]
pub fn is_held_by_another(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("55P03")
}

/// Moves a schedule to its next instant.
///
/// # Errors
/// The database failed.
pub async fn move_on(tx: &mut Tx, name: &str, next_run: Option<DateTime<Utc>>) -> sqlx::Result<()> {
    sqlx::query!(
        "update schedules set next_run = $2 where name = $1",
        name,
        next_run,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Deletes the ticks of a schedule that were due before `before`.
///
/// # Errors
/// The database failed.
pub async fn forget_ticks(tx: &mut Tx, name: &str, before: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from ticks where schedule = $1 and due_at < $2",
        name,
        before,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

type Columns<'a> = (Vec<&'static str>, Vec<&'a str>, Vec<Option<DateTime<Utc>>>);

fn columns(entries: &[ScheduleRow]) -> Columns<'_> {
    let mut columns = Columns::default();
    for entry in entries {
        columns.0.push(entry.name);
        columns.1.push(&entry.timing);
        columns.2.push(entry.next_run);
    }
    columns
}
