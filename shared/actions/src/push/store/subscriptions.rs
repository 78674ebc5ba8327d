//! The SQL of subscriptions. No decisions. Those of a login go with it: see the stores of people.

use crate::push::Subscription;
use chrono::{DateTime, Utc};
use domain::{
    ids::{PushSubscriptionId, SessionId, UserId},
    push::{BrowserKeys, DeviceAddress},
};
use sqlx::PgExecutor;

/// A device to be saved.
pub struct Row<'a> {
    /// Its id, unless it has one.
    pub id: PushSubscriptionId,
    /// The hash of its address.
    pub hash: &'a [u8],
    /// Where it is reached.
    pub address: &'a DeviceAddress,
    /// What it calls itself.
    pub user_agent: &'a str,
    /// The instant.
    pub now: DateTime<Utc>,
}

/// The address of a device from its columns: only a browser has keys.
pub fn address(text: String, p256dh: Option<Vec<u8>>, auth: Option<Vec<u8>>) -> DeviceAddress {
    match p256dh.zip(auth) {
        Some((p256dh, auth)) => DeviceAddress::Browser {
            endpoint: text,
            keys: BrowserKeys { p256dh, auth },
        },
        None => DeviceAddress::App(text),
    }
}

/// Locks an open account, so that its devices are counted by one transaction at a time. `false`: it is closed.
///
/// # Errors
/// The database failed.
pub async fn hold_account(db: impl PgExecutor<'_>, user: UserId) -> sqlx::Result<bool> {
    let held = sqlx::query_scalar!(
        "select id from users where id = $1 and active for no key update",
        user.0,
    );
    Ok(held.fetch_optional(db).await?.is_some())
}

/// Locks a login against its end. `false`: it has ended.
///
/// # Errors
/// The database failed.
pub async fn hold_session(db: impl PgExecutor<'_>, session: SessionId) -> sqlx::Result<bool> {
    let held = sqlx::query_scalar!(
        "select id from sessions where id = $1 and revoked_at is null for share",
        session.0,
    );
    Ok(held.fetch_optional(db).await?.is_some())
}

/// Inserts a device, or gives the one with that address to the person.
///
/// # Errors
/// The database failed.
pub async fn save(
    db: impl PgExecutor<'_>,
    user: UserId,
    session: Option<SessionId>,
    row: Row<'_>,
) -> sqlx::Result<Subscription> {
    let (p256dh, auth) = match row.address {
        DeviceAddress::Browser { keys, .. } => (Some(&keys.p256dh[..]), Some(&keys.auth[..])),
        DeviceAddress::App(_) => (None, None),
    };
    sqlx::query_as!(
        Subscription,
        r#"insert into push_subscriptions as s
            (id, user_id, session_id, kind, hash, address, p256dh, auth, user_agent, created_at, last_used_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
        on conflict (hash) do update set
            created_at = case when s.user_id = excluded.user_id then s.created_at else excluded.created_at end,
            user_id = excluded.user_id, session_id = excluded.session_id, kind = excluded.kind,
            p256dh = excluded.p256dh, auth = excluded.auth, user_agent = excluded.user_agent,
            last_used_at = excluded.last_used_at
        returning id, user_id as "user", session_id as session, kind, address, user_agent, created_at, last_used_at"#,
        row.id.0,
        user.0,
        session.map(|session| session.0),
        row.address.kind().as_str(),
        row.hash,
        row.address.text(),
        p256dh,
        auth,
        row.user_agent,
        row.now,
    )
    .fetch_one(db)
    .await
}

/// Deletes the devices of a person beyond the first `most`, beginning with those that were registered last.
///
/// # Errors
/// The database failed.
pub async fn keep_newest(db: impl PgExecutor<'_>, user: UserId, most: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from push_subscriptions where id in (
             select id from push_subscriptions where user_id = $1 order by last_used_at desc, id desc offset $2)",
        user.0,
        most,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The devices of a person, at most `limit`, those that were registered last first.
///
/// # Errors
/// The database failed.
pub async fn of_person(
    db: impl PgExecutor<'_>,
    user: UserId,
    limit: i64,
) -> sqlx::Result<Vec<Subscription>> {
    sqlx::query_as!(
        Subscription,
        r#"select id, user_id as "user", session_id as session, kind, address, user_agent, created_at, last_used_at
        from push_subscriptions where user_id = $1 order by last_used_at desc, id desc limit $2"#,
        user.0,
        limit,
    )
    .fetch_all(db)
    .await
}

/// The addresses of a person's devices, at most `limit`.
///
/// # Errors
/// The database failed.
pub async fn addresses(
    db: impl PgExecutor<'_>,
    user: UserId,
    limit: i64,
) -> sqlx::Result<Vec<DeviceAddress>> {
    let rows = sqlx::query!(
        "select address, p256dh, auth from push_subscriptions where user_id = $1 order by id limit $2",
        user.0,
        limit,
    )
    .fetch_all(db)
    .await?;
    let addresses = rows
        .into_iter()
        .map(|row| address(row.address, row.p256dh, row.auth));
    Ok(addresses.collect())
}

/// Deletes a device of the person. `false`: the person has none with that id.
///
/// # Errors
/// The database failed.
pub async fn delete_own(
    db: impl PgExecutor<'_>,
    user: UserId,
    id: PushSubscriptionId,
) -> sqlx::Result<bool> {
    let deleted = sqlx::query!(
        "delete from push_subscriptions where id = $1 and user_id = $2",
        id.0,
        user.0,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

/// Deletes a device that its push service no longer knows.
///
/// # Errors
/// The database failed.
pub async fn delete(db: impl PgExecutor<'_>, id: PushSubscriptionId) -> sqlx::Result<()> {
    sqlx::query!("delete from push_subscriptions where id = $1", id.0)
        .execute(db)
        .await?;
    Ok(())
}
