//! The SQL of schedules and ticks. Instants are parameters, but for [`look`], which asks the
//! database for its clock: the one that all schedulers share.

use chrono::{DateTime, Utc};
use platform::work::Tx;
use sqlx::PgPool;

/// A schedule as it is to be from now on, with its first instant after now.
#[derive(Debug)]
pub struct ScheduleRow {
    /// Its name.
    pub name: &'static str,
    /// When it runs.
    pub timing: String,
    /// The first instant after now, if there is one.
    pub next_run: Option<DateTime<Utc>>,
}

/// A schedule that is due.
#[derive(Debug)]
pub struct Due {
    /// Its name.
    pub name: String,
    /// When it runs.
    pub timing: String,
    /// Since when it is due.
    pub due_at: DateTime<Utc>,
}

/// What a scheduler sees when it looks whether there is anything to do.
#[derive(Debug)]
pub struct Look {
    /// The database's clock.
    pub now: DateTime<Utc>,
    /// The first instant at which something is due. `None`: nothing is known of any.
    pub next: Option<DateTime<Utc>>,
}

/// Asks for the time and for the first instant at which one of `names` is due.
///
/// # Errors
/// The database failed.
pub async fn look(pool: &PgPool, names: &[&str]) -> Result<Look, sqlx::Error> {
    sqlx::query_as!(
        Look,
        r#"select clock_timestamp() as "now!", min(next_run) as next
        from schedules where name = any($1)"#,
        names as _,
    )
    .fetch_one(pool)
    .await
}

/// Makes the transaction end by itself when its scheduler hangs or its machine is gone, so that
/// another takes over within seconds; and keeps it from waiting long for anybody else.
///
/// # Errors
/// The database failed.
pub async fn limit_patience(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select set_config('idle_in_transaction_session_timeout', '5s', true) as idle,
        set_config('lock_timeout', '200ms', true) as lock"
    )
    .fetch_one(&mut **tx)
    .await
    .map(drop)
}

/// Puts the schedules as they are configured now in place of those of earlier starts. What is due
/// already stays due; whatever else is stored (another timing, an instant far ahead from before
/// the clock was set back) gives way.
///
/// # Errors
/// The database failed.
pub async fn register(
    tx: &mut Tx,
    entries: &[ScheduleRow],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
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

/// Adds the schedules that are not there, and leaves the others alone. (It looks first, because an
/// insert would wait for another scheduler's pass over the same row.)
///
/// # Errors
/// The database failed.
pub async fn add_missing(tx: &mut Tx, entries: &[ScheduleRow]) -> Result<(), sqlx::Error> {
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

/// Locks and gives those of `names` that are due and that no other scheduler is at.
///
/// # Errors
/// The database failed.
pub async fn claim_due(
    tx: &mut Tx,
    names: &[&str],
    now: DateTime<Utc>,
) -> Result<Vec<Due>, sqlx::Error> {
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

/// Whether a tick was news, or had been put on record before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It was news.
    New,
    /// It fired already.
    Before,
}

/// Puts a tick on record.
///
/// # Errors
/// The database failed.
pub async fn record_tick(
    tx: &mut Tx,
    name: &str,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Recorded, sqlx::Error> {
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

/// Marks the place that [`undo_to_mark`] goes back to.
///
/// # Errors
/// The database failed.
pub async fn mark(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("savepoint schedule")
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Undoes what was done since [`mark`], and mends a transaction in which a statement failed.
///
/// # Errors
/// The database failed.
pub async fn undo_to_mark(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("rollback to savepoint schedule")
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Whether the error is that somebody else held on to a row for longer than a pass waits.
#[must_use]
pub fn is_held_by_another(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("55P03")
}

/// Moves a schedule on to its next instant.
///
/// # Errors
/// The database failed.
pub async fn move_on(
    tx: &mut Tx,
    name: &str,
    next_run: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
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
pub async fn forget_ticks(
    tx: &mut Tx,
    name: &str,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
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
