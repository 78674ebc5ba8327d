//! The SQL of people. No decisions here.

use crate::{error::ActionError, people::known::Known};
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

/// An error of the database as a conflict, if it is the violation of that constraint.
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

/// Writes an account.
///
/// # Errors
/// The database failed.
pub(super) async fn insert_user(
    db: &mut PgConnection,
    id: UserId,
    (new, by): (&NewPerson, &Known),
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (issuer, subject) = by.outside().unzip();
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
        by.password_hash(),
        new.role.as_str(),
        new.language,
        new.timezone.name(),
        now,
        by.vouched_for().then_some(now),
        issuer,
        subject,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes what a member of the staff is known by. Everybody starts offline; whoever was of the
/// staff before is known by the same as then.
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

/// A person as the API shows one, with the figures of today if it is one of the staff.
///
/// # Errors
/// There is no such person.
pub async fn person(
    db: &mut PgConnection,
    id: UserId,
    load: WorkloadRule,
) -> Result<Person, ActionError> {
    let found = people(db, &[id.0], load).await?.pop();
    found.ok_or(ActionError::NotFound("user"))
}

/// These people as [`person`] has one, newest first.
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
            // A zone that was good once and that the zones of today no longer know.
            timezone: row.timezone.parse().unwrap_or(Tz::UTC),
            active: row.active,
            support_info: support_info.remove(&row.id),
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
        .collect())
}

/// What these agents and admins are known by. The figures are those of the tickets that are the
/// agent's, or were when they were resolved; minutes are rounded, stars have two decimals.
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

/// Writes what a person changed of their own account; what is absent stays.
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

/// Writes what was changed of what a member of the staff is known by; what is absent stays.
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

/// Writes what a person may do, and whether the account may be used.
///
/// # Errors
/// The database failed.
pub(super) async fn update_standing(
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

/// The active admins, locked until the transaction ends: whoever would take one away at the same
/// time waits, and finds those who are left.
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

/// Whether there is an admin.
///
/// # Errors
/// The database failed.
pub(super) async fn admin_exists(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from users where role = 'admin') as "exists!""#)
        .fetch_one(db)
        .await
}

/// Lets one process at a time create the first admin.
///
/// # Errors
/// The database failed.
pub(super) async fn lock_bootstrap(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('bootstrap_admin', 0))")
        .fetch_one(db)
        .await?;
    Ok(())
}

/// Locks an agent's row and says whether the agent takes tickets.
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

/// Sets whether an agent takes tickets.
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

/// Whether an agent takes tickets, and how many more.
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

/// Deletes logins that nobody can go on with any more: all their refresh tokens expired before
/// `before`. At most `limit` of them; says how many.
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
