//! The SQL of who is there: by the database's clock, on which all processes agree.

use crate::presence::Process;
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

/// More processes than anybody runs.
const MANY: i64 = 1_000;

/// Says that a process is there, and forgets those that have been gone for long.
pub async fn say(
    pool: &PgPool,
    id: Uuid,
    process: &Process,
    gone_after: Duration,
) -> Result<(), sqlx::Error> {
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

/// Takes a process off the list.
pub async fn leave(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from processes where id = $1", id)
        .execute(pool)
        .await?;
    Ok(())
}

/// Processes that have said within that time that they are there. Words that this release does not
/// know, of a newer one, are left out.
pub async fn seen_within(pool: &PgPool, time: Duration) -> Result<Vec<Process>, sqlx::Error> {
    let rows = sqlx::query!(
        "select roles, queues from processes
         where seen_at > clock_timestamp() - make_interval(secs => $1) order by id limit $2",
        time.as_secs_f64(),
        MANY,
    )
    .fetch_all(pool)
    .await?;
    let processes = rows.into_iter().map(|row| Process {
        roles: known(&row.roles),
        queues: known(&row.queues),
    });
    Ok(processes.collect())
}

fn known<T: std::str::FromStr>(words: &[String]) -> Vec<T> {
    words.iter().filter_map(|word| word.parse().ok()).collect()
}
