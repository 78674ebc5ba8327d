//! The SQL of people. No decisions.

mod agents;

pub use agents::{availabilities, availability};
pub(in crate::people) use agents::{
    forget_clients, insert_agent, lock_availability, save_availability, update_agent,
};

use crate::{error::ActionError, people::credential::Credential};
use agents::support_info;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    assignment::WorkloadRule,
    ids::UserId,
    people::{NewPerson, Person, ProfileChange, Role},
};
use platform::{db, work::UnitOfWork};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

/// The error as a conflict, if it is a violation of this constraint.
pub(in crate::people) fn taken(
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
pub(in crate::people) async fn insert_user(
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
pub(in crate::people) async fn people(
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

/// Writes the changed fields of a profile; absent fields stay.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn update_profile(
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

/// Writes the role, and whether the account is active.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn update_role_and_state(
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
pub(in crate::people) async fn lock_admins(db: &mut PgConnection) -> sqlx::Result<Vec<UserId>> {
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
pub(in crate::people) async fn admin_exists(db: impl PgExecutor<'_>) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"select exists (select from users where role = 'admin') as "exists!""#)
        .fetch_one(db)
        .await
}

/// Takes the advisory lock under which the first admin is created; waits for another process.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn lock_bootstrap(db: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('bootstrap_admin', 0))")
        .fetch_one(db)
        .await?;
    Ok(())
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
