//! The SQL of presence, by the database's clock, which all processes share.

use crate::presence::Process;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

/// More processes than any installation runs.
const MANY: i64 = 1_000;

/// Stores a heartbeat, and deletes processes that have been gone for long.
///
/// # Errors
/// The database failed.
pub async fn say(
    pool: &PgPool,
    id: Uuid,
    process: &Process,
    gone_after: Duration,
) -> sqlx::Result<()> {
    let roles: Vec<String> = process.roles.iter().map(ToString::to_string).collect();
    let queues: Vec<String> = process.queues.iter().map(ToString::to_string).collect();
    sqlx::query!(
        r#"with forgotten as (
               delete from processes where id <> $1 and seen_at < clock_timestamp() - make_interval(secs => $4::float8 * 10))
           insert into processes (id, roles, queues, seen_at) values ($1, $2, $3, clock_timestamp())
           on conflict (id) do update set seen_at = excluded.seen_at"#,
        id,
        &roles,
        &queues,
        gone_after.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Deletes a process.
///
/// # Errors
/// The database failed.
pub async fn leave(pool: &PgPool, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("delete from processes where id = $1", id)
        .execute(pool)
        .await?;
    Ok(())
}

/// The processes with a heartbeat within `time`. Roles and queues of a newer release, which this
/// one does not know, are left out.
///
/// # Errors
/// The database failed.
pub async fn seen_within(pool: &PgPool, time: Duration) -> sqlx::Result<Vec<Process>> {
    let rows = sqlx::query!(
        "select roles, queues from processes
         where seen_at > clock_timestamp() - make_interval(secs => $1) order by id limit $2",
        time.as_secs_f64(),
        MANY,
    )
    .fetch_all(pool)
    .await?;
    let processes = rows.into_iter().map(|row| Process {
        roles: parse_known(&row.roles),
        queues: parse_known(&row.queues),
    });
    Ok(processes.collect())
}

fn parse_known<T: std::str::FromStr>(words: &[String]) -> Vec<T> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}
