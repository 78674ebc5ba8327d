//! The SQL of absence. No decisions.

use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    people::{Availability, Role},
};
use sqlx::PgExecutor;
use uuid::Uuid;

/// Notes that a client of these agents was seen, and returns those of them who are absent. The rows are locked in order
/// of their ids, so that two processes with the same agents do not wait for each other.
///
/// # Errors
/// The database failed.
pub(super) async fn note_clients(
    db: impl PgExecutor<'_>,
    agents: &[Uuid],
    at: DateTime<Utc>,
) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"with seen as (select user_id from agents where user_id = any($1) order by user_id for no key update),
                noted as (update agents a set client_seen_at = greatest(a.client_seen_at, $2)
                          from seen where a.user_id = seen.user_id returning a.user_id, a.absent)
           select user_id as "agent: UserId" from noted where absent order by user_id"#,
        agents,
        at,
    )
    .fetch_all(db)
    .await
}

/// Notes at `at` that clients were noted. They have been since then if the last note was before `gap_before`.
///
/// # Errors
/// The database failed.
pub(super) async fn note_attendance(
    db: impl PgExecutor<'_>,
    at: DateTime<Utc>,
    gap_before: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into attendance as a (since, noted_at) values ($1, $1)
         on conflict (only_row) do update
         set since = case when a.noted_at < $2 then $1 else a.since end, noted_at = greatest(a.noted_at, $1)",
        at,
        gap_before,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Since when clients have been noted without a gap, and when they were last; `None` if they never were.
///
/// # Errors
/// The database failed.
pub(super) async fn attendance(
    db: impl PgExecutor<'_>,
) -> sqlx::Result<Option<(DateTime<Utc>, DateTime<Utc>)>> {
    let row = sqlx::query!("select since, noted_at from attendance");
    let row = row.fetch_optional(db).await?;
    Ok(row.map(|row| (row.since, row.noted_at)))
}

/// At most `limit` agents who are not absent, set one of these availabilities, and had their last client at or before
/// `before`.
///
/// # Errors
/// The database failed.
pub(super) async fn unseen_since(
    db: impl PgExecutor<'_>,
    availabilities: &[String],
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"select user_id as "agent: UserId" from agents
           where not absent and availability = any($1) and client_seen_at <= $2 order by user_id limit $3"#,
        availabilities,
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// At most `limit` agents who are absent.
///
/// # Errors
/// The database failed.
pub(super) async fn absent(db: impl PgExecutor<'_>, limit: i64) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"select user_id as "agent: UserId" from agents where absent order by user_id limit $1"#,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Marks an agent absent; `false` if [`unseen_since`] would no longer find the agent.
///
/// # Errors
/// The database failed.
pub(super) async fn begin_absence(
    db: impl PgExecutor<'_>,
    agent: UserId,
    availabilities: &[String],
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let marked = sqlx::query!(
        "update agents set absent = true, absence_changed_at = $4
         where user_id = $1 and not absent and availability = any($2) and client_seen_at <= $3",
        agent.0,
        availabilities,
        before,
        now,
    )
    .execute(db)
    .await?;
    Ok(marked.rows_affected() > 0)
}

/// An agent who is back.
pub(super) struct Back {
    /// What the agent set before.
    pub availability: Availability,
    /// The present role.
    pub role: Role,
}

/// Ends an absence; `None` if the agent was not absent.
///
/// # Errors
/// The database failed.
pub(super) async fn end_absence(
    db: impl PgExecutor<'_>,
    agent: UserId,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Back>> {
    sqlx::query_as!(
        Back,
        r#"update agents a set absent = false, absence_changed_at = $2 from users u
           where a.user_id = $1 and a.absent and u.id = a.user_id
           returning a.availability as "availability: Availability", u.role as "role: Role""#,
        agent.0,
        now,
    )
    .fetch_optional(db)
    .await
}
