//! The SQL of agents and admins: support info and availability. No decisions.

use chrono::{DateTime, Utc};
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    json::Json,
    people::{
        Absence, AgentStats, Availability, AvailabilityNow, Department, NewSupportInfo, Patch,
        Shift, SupportInfo, SupportInfoChange,
    },
};
use platform::work::UnitOfWork;
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;
use uuid::Uuid;

/// Inserts the support info of an agent or admin, who starts offline. The row of an earlier time as staff is kept
/// as it is.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn insert_agent(
    db: &mut PgConnection,
    user: UserId,
    info: &NewSupportInfo,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into agents (user_id, employee_id, department, specializations, languages, level,
                             shift_schedule, availability, availability_updated_at,
                             max_concurrent_tickets)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (user_id) do nothing",
        user.0,
        info.employee_id,
        info.department.as_str(),
        &info.specializations,
        &info.languages,
        info.level.0,
        Json(&info.shift_schedule) as _,
        Availability::Offline.as_str(),
        now,
        info.max_concurrent_tickets,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The support info of agents and admins. The figures count the tickets that are assigned to the agent, or were
/// when they were resolved. Averages are in whole minutes, ratings have two decimals.
///
/// # Errors
/// The database failed.
pub(super) async fn support_info(
    db: &mut PgConnection,
    staff: &[Uuid],
    load: WorkloadRule,
) -> sqlx::Result<HashMap<UserId, SupportInfo>> {
    if staff.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"select a.user_id, a.employee_id, a.department, a.specializations, a.languages, a.level,
                  a.shift_schedule as "shift_schedule: Json<Vec<Shift>>", a.availability,
                  a.absent, greatest(a.availability_updated_at, a.absence_changed_at) as "availability_updated_at!",
                  a.max_concurrent_tickets,
                  s.current as "current!", s.handled as "handled!", s.closed as "closed!",
                  s.response, s.resolution, s.stars, s.ratings as "ratings!"
           from agents a cross join lateral (
               select count(*) filter (where assigned_to = a.user_id and status not in ('resolved', 'closed')
                                      and ($2 or status <> 'waiting_customer')) as current,
                      count(*) as handled,
                      count(*) filter (where status = 'closed') as closed,
                      round(avg(extract(epoch from first_response_at - created_at)) / 60)::bigint as response,
                      round(avg(extract(epoch from resolved_at - created_at)) / 60)::bigint as resolution,
                      round(avg(rating) filter (where coalesce(rated_for, resolved_for) = a.user_id), 2)::float8 as stars,
                      count(rating) filter (where coalesce(rated_for, resolved_for) = a.user_id) as ratings
               from tickets where assigned_to = a.user_id or resolved_for = a.user_id or rated_for = a.user_id
           ) s
           where a.user_id = any($1)"#,
        staff,
        load.counts_waiting(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let info = SupportInfo {
                employee_id: row.employee_id,
                department: row.department,
                specializations: row.specializations,
                languages: row.languages,
                level: row.level,
                shift_schedule: row.shift_schedule.0,
                availability: row.availability.with(Absence::from(row.absent)),
                availability_updated_at: row.availability_updated_at,
                max_concurrent_tickets: row.max_concurrent_tickets,
                current_tickets: row.current,
                stats: AgentStats {
                    tickets_handled: row.handled,
                    tickets_closed: row.closed,
                    average_response_time: row.response,
                    average_resolution_time: row.resolution,
                    customer_satisfaction_rating: row.stars,
                    rating_count: row.ratings,
                },
            };
            (row.user_id, info)
        })
        .collect())
}

/// Writes the changed fields of the support info; absent fields stay.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn update_agent(
    work: &mut UnitOfWork<'_>,
    id: UserId,
    change: &SupportInfoChange,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agents set employee_id = case when $9 then null else coalesce($2, employee_id) end,
                           department = coalesce($3, department),
                           specializations = coalesce($4, specializations), languages = coalesce($5, languages),
                           level = coalesce($6, level), shift_schedule = coalesce($7, shift_schedule),
                           max_concurrent_tickets = coalesce($8, max_concurrent_tickets)
         where user_id = $1",
        id.0,
        change.employee_id.value(),
        change.department.map(Department::as_str),
        change.specializations.as_deref(),
        change.languages.as_deref(),
        change.level.map(|level| level.0),
        change.shift_schedule.as_ref().map(Json) as _,
        change.max_concurrent_tickets,
        change.employee_id == Patch::Cleared,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// What an agent set, and whether the agent is absent.
pub(in crate::people) struct LockedAvailability {
    /// The availability that the agent set.
    pub set: Availability,
    /// Whether all clients are gone.
    pub absence: Absence,
}

/// Locks an agent's row and reads the availability; `None` when there is no such agent.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn lock_availability(
    db: &mut PgConnection,
    agent: UserId,
) -> sqlx::Result<Option<LockedAvailability>> {
    let row = sqlx::query!(
        "select availability, absent from agents where user_id = $1 for update",
        agent.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| LockedAvailability {
        set: row.availability,
        absence: row.absent.into(),
    }))
}

/// Forgets that an agent had clients: without a new one the agent does not become absent.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn forget_clients(
    db: &mut PgConnection,
    agent: UserId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agents set client_seen_at = null where user_id = $1",
        agent.0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes the availability of an agent, who is not absent then, and whose clients are forgotten.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn save_availability(
    db: &mut PgConnection,
    agent: UserId,
    to: Availability,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agents set availability = $2, availability_updated_at = $3, absent = false, absence_changed_at = null,
                           client_seen_at = null
         where user_id = $1",
        agent.0,
        to.as_str(),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The availability, workload and limit of these agents, by id. Unknown ids are left out.
///
/// # Errors
/// The database failed.
pub async fn availabilities(
    db: impl PgExecutor<'_>,
    agents: &[Uuid],
    load: WorkloadRule,
) -> sqlx::Result<HashMap<UserId, AvailabilityNow>> {
    let rows = sqlx::query!(
        r#"select user_id, availability, max_concurrent_tickets,
                  (select count(*) from tickets
                   where assigned_to = user_id and status not in ('resolved', 'closed')
                       and ($2 or status <> 'waiting_customer'))
                      as "current_tickets!",
                  absent, greatest(availability_updated_at, absence_changed_at) as "updated_at!"
           from agents where user_id = any($1)"#,
        agents,
        load.counts_waiting(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let now = AvailabilityNow {
                status: row.availability.with(Absence::from(row.absent)),
                max_concurrent_tickets: row.max_concurrent_tickets,
                current_tickets: row.current_tickets,
                updated_at: row.updated_at,
            };
            (row.user_id, now)
        })
        .collect())
}

/// The availability, workload and limit of an agent; `None` when there is no such agent.
///
/// # Errors
/// The database failed.
pub async fn availability(
    db: impl PgExecutor<'_>,
    agent: UserId,
    load: WorkloadRule,
) -> sqlx::Result<Option<AvailabilityNow>> {
    Ok(availabilities(db, &[agent.0], load).await?.remove(&agent))
}
