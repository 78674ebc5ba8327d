//! The SQL of sessions. No decisions.

use chrono::{DateTime, Utc};
use domain::{
    actor::Caller,
    ids::{SessionId, UserId},
    people::Role,
};
use sqlx::{PgConnection, PgExecutor};
use std::collections::HashMap;

/// The stored credentials of a person.
pub(in crate::people) struct Credentials {
    pub id: UserId,
    pub password_hash: String,
}

/// The credentials of the active account with an ASCII address (case does not count); `None` when there is none.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn credentials(
    db: impl PgExecutor<'_>,
    email: &str,
) -> sqlx::Result<Option<Credentials>> {
    sqlx::query_as!(
        Credentials,
        "select id, password_hash from users where lower(email) = lower($1) and active",
        email,
    )
    .fetch_optional(db)
    .await
}

/// Locks an active account with this hash against changes until the transaction ends; `false` when the password
/// has changed or the account is inactive.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn hold_credentials(
    db: &mut PgConnection,
    id: UserId,
    password_hash: &str,
) -> sqlx::Result<bool> {
    let held = sqlx::query_scalar!(
        "select id from users where id = $1 and password_hash = $2 and active for share",
        id.0,
        password_hash,
    )
    .fetch_optional(db)
    .await?;
    Ok(held.is_some())
}

/// The present role of a person; `None` when the account is inactive or the session is revoked.
///
/// # Errors
/// The database failed.
pub async fn role_in_session(
    db: impl PgExecutor<'_>,
    caller: Caller,
) -> sqlx::Result<Option<Role>> {
    sqlx::query_scalar!(
        "select u.role from users u where u.id = $1 and u.active and ($2::uuid is null or exists (
             select from sessions s where s.id = $2 and s.user_id = u.id and s.revoked_at is null))",
        caller.person.0,
        caller.session.map(|session| session.0),
    )
    .fetch_optional(db)
    .await
}

/// The present roles of people in their sessions: those of `asked` whose account is active and whose session is not
/// revoked. A person without a session came with a token of the external issuer.
///
/// # Errors
/// The database failed.
pub async fn roles_in_sessions(
    db: impl PgExecutor<'_>,
    asked: &[(UserId, Option<SessionId>)],
) -> sqlx::Result<HashMap<(UserId, Option<SessionId>), Role>> {
    let people: Vec<_> = asked.iter().map(|(person, _)| person.0).collect();
    let sessions: Vec<_> = asked
        .iter()
        .map(|(_, session)| session.map(|one| one.0))
        .collect();
    let rows = sqlx::query!(
        r#"select asked.person as "person!: UserId", asked.session as "session?: SessionId", u.role
           from unnest($1::uuid[], $2::uuid[]) as asked (person, session)
           join users u on u.id = asked.person and u.active
           left join sessions s on s.id = asked.session and s.user_id = u.id and s.revoked_at is null
           where asked.session is null or s.id is not null"#,
        &people,
        &sessions as _,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.person, row.session), row.role))
        .collect())
}

/// Inserts a session.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn insert_session(
    db: &mut PgConnection,
    id: SessionId,
    user: UserId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into sessions (id, user_id, created_at) values ($1, $2, $3)",
        id.0,
        user.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Revokes a session, and deletes the push subscription of its device. A session that is revoked already keeps its
/// instant.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn revoke_session(
    db: &mut PgConnection,
    id: SessionId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with devices as (delete from push_subscriptions where session_id = $1)
         update sessions set revoked_at = $2 where id = $1 and revoked_at is null",
        id.0,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Inserts the hash of a refresh token.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn insert_refresh_token(
    db: &mut PgConnection,
    hash: &[u8],
    session: SessionId,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into refresh_tokens (hash, session_id, expires_at) values ($1, $2, $3)",
        hash,
        session.0,
        expires_at,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A refresh token with everything that decides whether it is valid.
pub(in crate::people) struct FoundRefreshToken {
    pub session_id: SessionId,
    pub user_id: UserId,
    pub expires_at: DateTime<Utc>,
    pub spent_at: Option<DateTime<Utc>>,
    pub used_again_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub active: bool,
}

/// Locks a refresh token, then its session; `None` when the token is unknown.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn lock_refresh_token(
    db: &mut PgConnection,
    hash: &[u8],
) -> sqlx::Result<Option<FoundRefreshToken>> {
    sqlx::query_as!(
        FoundRefreshToken,
        "select r.session_id, s.user_id, r.expires_at, r.spent_at, r.used_again_at, s.revoked_at, u.active
         from refresh_tokens r
         join sessions s on s.id = r.session_id
         join users u on u.id = s.user_id
         where r.hash = $1
         for update of r, s",
        hash,
    )
    .fetch_optional(db)
    .await
}

/// Marks a refresh token as spent.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn spend_refresh_token(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update refresh_tokens set spent_at = $2 where hash = $1",
        hash,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Marks a spent refresh token as used a second time.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn mark_used_again(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update refresh_tokens set used_again_at = $2 where hash = $1",
        hash,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}
