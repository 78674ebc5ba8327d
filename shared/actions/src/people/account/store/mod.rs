//! The SQL of accounts: addresses, passwords and sessions. No decisions.

mod links;

pub(in crate::people) use links::{
    Link, find_link, insert_event, insert_reset_request, sent_mails, spend_confirmations,
    spend_links, take_reset_request,
};
pub use links::{LinkRecipient, link_recipient, open_confirmation};

use crate::people::{PasswordHash, account::address::Address};
use chrono::{DateTime, Utc};
use domain::{
    ids::{SessionId, UserId},
    people::Role,
};
use platform::work::UnitOfWork;
use sqlx::{PgConnection, PgExecutor};

/// The columns of a person that decide about address, password and links.
pub(in crate::people) struct Account {
    pub id: UserId,
    pub email: String,
    pub email_confirmed_at: Option<DateTime<Utc>>,
    pub password_hash: String,
    pub role: Role,
    pub active: bool,
    /// Whether the person logs in with an outside issuer, and has no password here.
    pub external: bool,
}

impl Account {
    /// The present address, as a recipient.
    pub fn address(&self) -> Address {
        Address {
            email: self.email.clone(),
            confirmed: self.email_confirmed_at.is_some(),
        }
    }

    /// Whether this is the present address; case does not count.
    pub fn has_address(&self, email: &str) -> bool {
        self.email.eq_ignore_ascii_case(email)
    }
}

/// The only column list of accounts.
macro_rules! select_accounts {
    ($tail:literal, $argument:expr) => {
        sqlx::query_as!(
            Account,
            r#"select id, email, email_confirmed_at, password_hash, role, active,
                  external_subject is not null as "external!"
           from users where "#
                + $tail,
            $argument
        )
    };
}

/// An account, without a lock; `None` when there is none.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn account(
    db: impl PgExecutor<'_>,
    id: UserId,
) -> sqlx::Result<Option<Account>> {
    select_accounts!("id = $1", id.0).fetch_optional(db).await
}

/// Locks an account until the transaction ends. Other transactions may still insert rows that refer to it.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn lock(
    db: &mut PgConnection,
    id: UserId,
) -> sqlx::Result<Option<Account>> {
    select_accounts!("id = $1 for no key update", id.0)
        .fetch_optional(db)
        .await
}

/// Locks the account of an ASCII address, as [`lock`]; case does not count.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn lock_by_email(
    db: &mut PgConnection,
    email: &str,
) -> sqlx::Result<Option<Account>> {
    select_accounts!("lower(email) = lower($1) for no key update", email)
        .fetch_optional(db)
        .await
}

/// The active admins, the oldest accounts first.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn active_admins(
    db: impl PgExecutor<'_>,
    limit: i64,
) -> sqlx::Result<Vec<Account>> {
    select_accounts!("role = 'admin' and active order by id limit $1", limit)
        .fetch_all(db)
        .await
}

/// Whether an account has this address; case does not count.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn address_is_taken(
    db: impl PgExecutor<'_>,
    email: &str,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from users where lower(email) = lower($1)) as "exists!""#,
        email,
    )
    .fetch_one(db)
    .await
}

/// Writes the password of an account.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn save_password(
    work: &mut UnitOfWork<'_>,
    id: UserId,
    hash: &PasswordHash,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update users set password_hash = $2, updated_at = $3 where id = $1",
        id.0,
        hash.as_str(),
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Writes the address of an account, confirmed at the present instant.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn save_confirmed_address(
    work: &mut UnitOfWork<'_>,
    id: UserId,
    email: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update users set email = $2, email_confirmed_at = $3, updated_at = $3 where id = $1",
        id.0,
        email,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Revokes the open sessions of a person, except for `but`, and deletes the push subscriptions of all other devices.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn revoke_sessions(
    db: &mut PgConnection,
    user: UserId,
    but: Option<SessionId>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with devices as (
             delete from push_subscriptions where user_id = $1 and ($2::uuid is null or session_id is distinct from $2))
         update sessions set revoked_at = $3
         where user_id = $1 and revoked_at is null and ($2::uuid is null or id <> $2)",
        user.0,
        but.map(|session| session.0),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}
