//! Agents as candidates, in SQL. No decisions.

use super::Candidate;
use crate::{
    db::Json,
    ids::UserId,
    people::{Availability, Department, Level, Shift},
};
use chrono::{DateTime, Utc};
use sqlx::PgExecutor;

struct CandidateRow {
    agent: UserId,
    department: Department,
    level: Level,
    specializations: Vec<String>,
    languages: Vec<String>,
    own_language: String,
    timezone: String,
    shifts: Json<Vec<Shift>>,
    availability: Availability,
    current: i64,
    capacity: i32,
    last_assigned_at: Option<DateTime<Utc>>,
}

impl From<CandidateRow> for Candidate {
    fn from(row: CandidateRow) -> Self {
        let mut languages = row.languages;
        languages.push(row.own_language);
        Self {
            agent: row.agent,
            department: row.department,
            level: row.level,
            specializations: row.specializations,
            languages,
            timezone: row.timezone.parse().unwrap_or_default(),
            shifts: row.shifts.0,
            availability: row.availability,
            current: row.current,
            capacity: row.capacity,
            last_assigned_at: row.last_assigned_at,
        }
    }
}

macro_rules! select_candidates {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            CandidateRow,
            r#"select a.user_id as "agent: UserId", a.department as "department: Department",
                      a.level as "level: Level", a.specializations, a.languages, u.language as own_language,
                      u.timezone, a.shift_schedule as "shifts: Json<Vec<Shift>>",
                      a.availability as "availability: Availability",
                      (select count(*) from tickets t
                       where t.assigned_to = a.user_id and t.status not in ('resolved', 'closed')) as "current!",
                      a.max_concurrent_tickets as capacity, a.last_assigned_at
               from agents a join users u on u.id = a.user_id "# + $tail
            $(, $argument)*
        )
    };
}

/// The agents whom automation may look at: active, available. Admins are never among them.
pub async fn candidates(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Candidate>> {
    let rows = select_candidates!(
        "where u.active and u.role = 'support' and a.availability = 'available' order by a.user_id"
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One of them, as it is now.
pub async fn candidate(db: impl PgExecutor<'_>, agent: UserId) -> sqlx::Result<Option<Candidate>> {
    let row = select_candidates!(
        "where u.active and u.role = 'support' and a.availability = 'available' and a.user_id = $1",
        agent.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}

/// The departments that have an active agent, whether available or not.
pub async fn staffed(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Department>> {
    sqlx::query_scalar!(
        r#"select distinct a.department as "department: Department"
           from agents a join users u on u.id = a.user_id where u.active and u.role = 'support'"#
    )
    .fetch_all(db)
    .await
}

/// Waits for whoever gives the agent a ticket now, and keeps others waiting until the
/// transaction ends. What is counted under the lock has to be counted by a later statement.
pub async fn lock_agent(db: impl PgExecutor<'_>, agent: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "select 1 as one from agents where user_id = $1 for update",
        agent.0
    )
    .fetch_optional(db)
    .await
    .map(|_| ())
}

/// What an active agent or admin has and may have.
pub struct Held {
    /// Active tickets now.
    pub current: i64,
    /// Active tickets at most.
    pub capacity: i32,
    /// Whether the agent takes tickets.
    pub availability: Availability,
}

pub async fn room(db: impl PgExecutor<'_>, agent: UserId) -> sqlx::Result<Option<Held>> {
    sqlx::query_as!(
        Held,
        r#"select (select count(*) from tickets t
                   where t.assigned_to = a.user_id and t.status not in ('resolved', 'closed')) as "current!",
                  a.max_concurrent_tickets as capacity, a.availability as "availability: Availability"
           from agents a join users u on u.id = a.user_id
           where a.user_id = $1 and u.active and u.role in ('support', 'admin')"#,
        agent.0,
    )
    .fetch_optional(db)
    .await
}

/// The agent has been given a ticket: others have waited longer now.
pub async fn note_assignment(
    db: impl PgExecutor<'_>,
    agent: UserId,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agents set last_assigned_at = $2 where user_id = $1",
        agent.0,
        at
    )
    .execute(db)
    .await
    .map(|_| ())
}
