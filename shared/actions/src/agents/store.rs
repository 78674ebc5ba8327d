//! The SQL of agents as candidates for a ticket. No decisions.

use chrono::{DateTime, Utc};
use domain::assignment::{Candidate, WorkloadRule};
use domain::{
    ids::UserId,
    json::Json,
    people::{Absence, Availability, Department, Level, Shift},
};
use sqlx::PgExecutor;

/// An agent, with the tickets that count against the limit.
struct AgentRow {
    agent: UserId,
    department: Department,
    level: Level,
    specializations: Vec<String>,
    languages: Vec<String>,
    own_language: String,
    timezone: String,
    shifts: Json<Vec<Shift>>,
    availability: Availability,
    absent: bool,
    since: DateTime<Utc>,
    current: i64,
    capacity: i32,
    turn: i64,
    last_assigned_at: Option<DateTime<Utc>>,
}

impl AgentRow {
    /// The availability that counts.
    fn present(&self) -> Availability {
        self.availability.with(Absence::from(self.absent))
    }
}

impl From<AgentRow> for Candidate {
    fn from(row: AgentRow) -> Self {
        let availability = row.present();
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
            availability,
            current: row.current,
            capacity: row.capacity,
            turn: row.turn,
            last_assigned_at: row.last_assigned_at,
        }
    }
}

/// The only column list of agents. `$1` is whether tickets that wait for their customer count.
macro_rules! select_agents {
    ($tail:literal, $load:expr $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            AgentRow,
            r#"select a.user_id as "agent: UserId", a.department as "department: Department",
                      a.level as "level: Level", a.specializations, a.languages, u.language as own_language,
                      u.timezone, a.shift_schedule as "shifts: Json<Vec<Shift>>",
                      a.availability as "availability: Availability", a.absent, a.availability_updated_at as since,
                      assigned.current as "current!",
                      a.max_concurrent_tickets as capacity, a.turn, a.last_assigned_at
               from agents a join users u on u.id = a.user_id
               cross join lateral (
                   select count(*) as current from tickets t
                   where t.assigned_to = a.user_id and t.status not in ('resolved', 'closed')
                       and ($1 or t.status <> 'waiting_customer')
               ) assigned
               where u.active "# + $tail,
            $load.counts_waiting()
            $(, $argument)*
        )
    };
}

/// All candidates of these desks: active and available agents with free capacity. Admins are never candidates.
///
/// # Errors
/// The database failed.
pub async fn candidates(
    db: impl PgExecutor<'_>,
    desks: &[Department],
    load: WorkloadRule,
) -> sqlx::Result<Vec<Candidate>> {
    let desks: Vec<String> = desks.iter().map(ToString::to_string).collect();
    let rows = select_agents!(
        "and u.role = 'support' and a.availability = 'available' and not a.absent and a.department = any($2) and assigned.current < a.max_concurrent_tickets order by a.user_id",
        load,
        &desks,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The first `limit` of them in the order of turns (round robin).
///
/// # Errors
/// The database failed.
pub async fn first_in_turn(
    db: impl PgExecutor<'_>,
    desks: &[Department],
    load: WorkloadRule,
    limit: i64,
) -> sqlx::Result<Vec<Candidate>> {
    let desks: Vec<String> = desks.iter().map(ToString::to_string).collect();
    let rows = select_agents!(
        "and u.role = 'support' and a.availability = 'available' and not a.absent and a.department = any($2) and assigned.current < a.max_concurrent_tickets
         order by a.turn, a.last_assigned_at nulls first, a.user_id limit $3",
        load,
        &desks,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The first `limit` of them in the order of their load, which is `current / capacity`. As floating point numbers,
/// such ratios of whole numbers below 2^26 compare exactly.
///
/// # Errors
/// The database failed.
pub async fn least_loaded(
    db: impl PgExecutor<'_>,
    desks: &[Department],
    load: WorkloadRule,
    limit: i64,
) -> sqlx::Result<Vec<Candidate>> {
    let desks: Vec<String> = desks.iter().map(ToString::to_string).collect();
    let rows = select_agents!(
        "and u.role = 'support' and a.availability = 'available' and not a.absent and a.department = any($2) and assigned.current < a.max_concurrent_tickets
         order by assigned.current / nullif(a.max_concurrent_tickets, 0)::float8, a.last_assigned_at nulls first, a.user_id limit $3",
        load,
        &desks,
        limit,
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The highest turn of all agents; 0 when there are none.
///
/// # Errors
/// The database failed.
pub async fn latest_turn(db: impl PgExecutor<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(r#"select coalesce(max(turn), 0) as "turn!" from agents"#)
        .fetch_one(db)
        .await
}

/// An agent who is active and available now; `None` for anybody else.
///
/// # Errors
/// The database failed.
pub async fn candidate(
    db: impl PgExecutor<'_>,
    agent: UserId,
    load: WorkloadRule,
) -> sqlx::Result<Option<Candidate>> {
    let row = select_agents!(
        "and u.role = 'support' and a.availability = 'available' and not a.absent and a.user_id = $2",
        load,
        agent.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(Into::into))
}

/// The departments that have an active agent, whether available or not.
///
/// # Errors
/// The database failed.
pub async fn staffed(db: impl PgExecutor<'_>) -> sqlx::Result<Vec<Department>> {
    let all: Vec<String> = Department::ALL.iter().map(ToString::to_string).collect();
    sqlx::query_scalar!(
        r#"select department as "department!: Department" from unnest($1::text[]) as all_of_them (department)
           cross join lateral (select from agents a join users u on u.id = a.user_id
                               where a.department = all_of_them.department and u.active and u.role = 'support' limit 1) found"#,
        &all,
    )
    .fetch_all(db)
    .await
}

/// Locks an agent's row without waiting; `false` when another transaction has locked it, or there is no such
/// agent.
///
/// # Errors
/// The database failed.
pub async fn try_lock_agent(db: impl PgExecutor<'_>, agent: UserId) -> sqlx::Result<bool> {
    let row = sqlx::query!(
        "select 1 as one from agents where user_id = $1 for update skip locked",
        agent.0
    )
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Locks an agent's row until the transaction ends; waits for a transaction that has locked it. Tickets must be
/// counted by a later statement, which sees what the other transaction committed.
///
/// # Errors
/// The database failed.
pub async fn lock_agent(db: impl PgExecutor<'_>, agent: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "select 1 as one from agents where user_id = $1 for update",
        agent.0
    )
    .fetch_optional(db)
    .await
    .map(|_| ())
}

/// The workload of an active agent or admin.
pub struct Workload {
    /// Active tickets that count against the limit.
    pub current: i64,
    /// The limit.
    pub capacity: i32,
    /// Whether the agent takes tickets.
    pub availability: Availability,
    /// The instant of the last change of the availability.
    pub since: DateTime<Utc>,
}

/// The workload of a person; `None` when the person is no active agent or admin.
///
/// # Errors
/// The database failed.
pub async fn workload(
    db: impl PgExecutor<'_>,
    agent: UserId,
    load: WorkloadRule,
) -> sqlx::Result<Option<Workload>> {
    let row = select_agents!(
        "and u.role in ('support', 'admin') and a.user_id = $2",
        load,
        agent.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Workload {
        current: row.current,
        capacity: row.capacity,
        availability: row.present(),
        since: row.since,
    }))
}

/// At most `limit` agents who went offline at or before `before`, and to whom an active ticket was assigned by
/// then.
///
/// # Errors
/// The database failed.
pub async fn offline_with_tickets(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        r#"select a.user_id as "agent: UserId" from agents a join users u on u.id = a.user_id
           where u.active and u.role = 'support' and a.availability = 'offline' and a.availability_updated_at <= $1
               and exists (select from tickets t where t.assigned_to = a.user_id and t.assigned_at <= $1
                               and t.status not in ('resolved', 'closed'))
           order by a.user_id limit $2"#,
        before,
        limit,
    )
    .fetch_all(db)
    .await
}

/// Records an assignment to the agent at `at`. `turn` is the round-robin turn that it used; `None` uses none.
///
/// # Errors
/// The database failed.
pub async fn note_assignment(
    db: impl PgExecutor<'_>,
    agent: UserId,
    at: DateTime<Utc>,
    turn: Option<i64>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agents set last_assigned_at = $2, turn = coalesce($3, turn) where user_id = $1",
        agent.0,
        at,
        turn,
    )
    .execute(db)
    .await
    .map(|_| ())
}
