//! The SQL of people. No decisions.

use crate::{error::ActionError, people::credential::Credential};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    json::Json,
    people::{
        AgentStats, Availability, AvailabilityNow, Department, NewPerson, NewSupportInfo, Patch,
        Person, ProfileChange, Role, Shift, SupportInfo, SupportInfoChange,
    },
};
use platform::{db, work::UnitOfWork};
use sqlx::{PgConnection, PgExecutor, PgPool};
use std::collections::HashMap;
use uuid::Uuid;

/// The error as a conflict, if it is a violation of this constraint.
pub(super) fn taken(
    error: sqlx::Error,
    constraint: &str,
    code: &'static str,
    detail: &str,
) -> ActionError {
    if db::violates(&error, constraint) {
        ActionError::conflict(code, detail)
    } else {
        error.into()
    }
}

/// Inserts an account. Its address is confirmed at `now` where the credential vouches for it.
///
/// # Errors
/// The database failed.
pub(super) async fn insert_user(
    db: &mut PgConnection,
    id: UserId,
    new: &NewPerson,
    credential: &Credential,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (issuer, subject) = credential.external().unzip();
    sqlx::query!(
        "insert into users (id, email, first_name, last_name, phone_number, password_hash, role,
                            language, timezone, active, created_at, updated_at, email_confirmed_at,
                            external_issuer, external_subject)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10, $10, $11, $12, $13)",
        id.0,
        new.email,
        new.first_name,
        new.last_name,
        new.phone_number,
        credential.password_hash(),
        new.role.as_str(),
        new.language,
        new.timezone.name(),
        now,
        credential.is_confirmed().then_some(now),
        issuer,
        subject,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts the support info of an agent or admin, who starts offline. The row of an earlier time as staff is kept
/// as it is.
///
/// # Errors
/// The database failed.
pub(super) async fn insert_agent(
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

/// A person with the support info and the present figures of staff.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such person; the database failed.
pub async fn person(
    db: &mut PgConnection,
    id: UserId,
    load: WorkloadRule,
) -> Result<Person, ActionError> {
    let found = people(db, &[id.0], load).await?.pop();
    found.ok_or(ActionError::NotFound("user"))
}

/// These people as [`person`], newest account first.
///
/// # Errors
/// The database failed.
pub(super) async fn people(
    db: &mut PgConnection,
    ids: &[Uuid],
    load: WorkloadRule,
) -> sqlx::Result<Vec<Person>> {
    let rows = sqlx::query!(
        "select id, email, first_name, last_name, phone_number, role, language, timezone, active,
                created_at, updated_at
         from users where id = any($1) order by id desc",
        ids,
    )
    .fetch_all(&mut *db)
    .await?;
    let staff: Vec<Uuid> = rows
        .iter()
        .filter(|row| row.role.is_staff())
        .map(|row| row.id.0)
        .collect();
    let mut support_info = support_info(db, &staff, load).await?;
    Ok(rows
        .into_iter()
        .map(|row| Person {
            id: row.id,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email,
            phone_number: row.phone_number,
            role: row.role,
            language: row.language,
            // The time zone database may have dropped a zone since it was stored.
            timezone: row.timezone.parse().unwrap_or(Tz::UTC),
            active: row.active,
            support_info: support_info.remove(&row.id),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect())
}

/// The support info of agents and admins. The figures count the tickets that are assigned to the agent, or were
/// when they were resolved. Averages are in whole minutes, ratings have two decimals.
async fn support_info(
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
                  a.availability_updated_at, a.max_concurrent_tickets,
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
                availability: row.availability,
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

/// Writes the changed fields of a profile; absent fields stay.
///
/// # Errors
/// The database failed.
pub(super) async fn update_profile(
    work: &mut UnitOfWork<'_>,
    id: UserId,
    change: &ProfileChange,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update users set first_name = coalesce($2, first_name), last_name = coalesce($3, last_name),
                          phone_number = coalesce($4, phone_number), language = coalesce($5, language),
                          timezone = coalesce($6, timezone), updated_at = $7
         where id = $1",
        id.0,
        change.first_name,
        change.last_name,
        change.phone_number,
        change.language,
        change.timezone.map(Tz::name),
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Writes the changed fields of the support info; absent fields stay.
///
/// # Errors
/// The database failed.
pub(super) async fn update_agent(
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

/// Writes the role, and whether the account is active.
///
/// # Errors
/// The database failed.
pub(super) async fn update_role_and_state(
    work: &mut UnitOfWork<'_>,
    id: UserId,
    role: Role,
    active: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update users set role = $2, active = $3, updated_at = $4 where id = $1",
        id.0,
        role.as_str(),
        active,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Locks the rows of all active admins until the transaction ends. A second change that may remove an admin waits,
/// and finds those who are left.
///
/// # Errors
/// The database failed.
pub(super) async fn lock_admins(db: &mut PgConnection) -> sqlx::Result<Vec<UserId>> {
    sqlx::query_scalar!(
        "select id from users where role = 'admin' and active order by id for no key update"
    )
    .fetch_all(db)
    .await
}

/// Whether there is an admin, active or not.
///
/// # Errors
/// The database failed.
pub(super) async fn admin_exists(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from users where role = 'admin') as "exists!""#)
        .fetch_one(db)
        .await
}

/// Takes the advisory lock under which the first admin is created; waits for another process.
///
/// # Errors
/// The database failed.
pub(super) async fn lock_bootstrap(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('bootstrap_admin', 0))")
        .fetch_one(db)
        .await?;
    Ok(())
}

/// Locks an agent's row and reads the availability; `None` when there is no such agent.
///
/// # Errors
/// The database failed.
pub(super) async fn lock_availability(
    db: &mut PgConnection,
    agent: UserId,
) -> sqlx::Result<Option<Availability>> {
    sqlx::query_scalar!(
        "select availability from agents where user_id = $1 for update",
        agent.0,
    )
    .fetch_optional(db)
    .await
}

/// Writes the availability of an agent.
///
/// # Errors
/// The database failed.
pub(super) async fn save_availability(
    db: &mut PgConnection,
    agent: UserId,
    to: Availability,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update agents set availability = $2, availability_updated_at = $3 where user_id = $1",
        agent.0,
        to.as_str(),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
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
    sqlx::query_as!(
        AvailabilityNow,
        r#"select availability as "status: Availability", max_concurrent_tickets,
                  (select count(*) from tickets
                   where assigned_to = user_id and status not in ('resolved', 'closed')
                       and ($2 or status <> 'waiting_customer'))
                      as "current_tickets!",
                  availability_updated_at as updated_at
           from agents where user_id = $1"#,
        agent.0,
        load.counts_waiting(),
    )
    .fetch_optional(db)
    .await
}

/// Deletes at most `limit` sessions whose refresh tokens all expired before `before`. The result is the number of
/// deleted sessions.
///
/// # Errors
/// The database failed.
pub async fn delete_expired_sessions(
    pool: &PgPool,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from sessions where id in (
             select session_id from refresh_tokens group by session_id having max(expires_at) < $1 limit $2)",
        before,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
