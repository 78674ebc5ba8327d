//! The SQL of account events, their links, and requests for them. No decisions.

use crate::people::account::address::Address;
use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountEventId, ResetRequestId, UserId},
    people::AccountEventKind,
};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;

/// Inserts an event of an account. Its link expires after the lifetime of its kind.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn insert_event(
    work: &mut UnitOfWork<'_>,
    id: AccountEventId,
    owner: UserId,
    kind: AccountEventKind,
    to: &Address,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into account_events (id, user_id, kind, address, address_confirmed, at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        id.0,
        owner.0,
        kind.as_str(),
        to.email,
        to.confirmed,
        work.now(),
        kind.told_within().map(|lifetime| work.now() + lifetime),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// The link of an event.
pub(in crate::people) struct Link {
    pub user_id: UserId,
    pub address: String,
    pub expires_at: Option<DateTime<Utc>>,
    pub spent_at: Option<DateTime<Utc>>,
}

impl Link {
    /// Whether the link is neither spent nor expired.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.spent_at.is_none() && self.expires_at.is_some_and(|end| end > now)
    }
}

/// The link of an event; `None` when there is no such event. Read it again under the row lock of the person.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn find_link(
    db: impl PgExecutor<'_>,
    id: AccountEventId,
) -> sqlx::Result<Option<Link>> {
    sqlx::query_as!(
        Link,
        "select user_id, address, expires_at, spent_at from account_events where id = $1",
        id.0,
    )
    .fetch_optional(db)
    .await
}

/// The person to whom a link was mailed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRecipient {
    /// The language of the account.
    pub language: String,
    /// The address of the mail.
    pub address: String,
}

/// The person to whom a link was mailed; `None` when the link can no longer be used.
///
/// # Errors
/// The database failed.
pub async fn link_recipient(
    db: impl PgExecutor<'_>,
    id: AccountEventId,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<LinkRecipient>> {
    sqlx::query_as!(
        LinkRecipient,
        "select u.language, e.address from account_events e join users u on u.id = e.user_id
         where e.id = $1 and e.spent_at is null and e.expires_at > $2 and u.active",
        id.0,
        now,
    )
    .fetch_optional(db)
    .await
}

/// The latest open link by which a person can confirm an address; `None` when there is none.
///
/// # Errors
/// The database failed.
pub async fn open_confirmation(
    db: impl PgExecutor<'_>,
    owner: UserId,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<AccountEventId>> {
    sqlx::query_scalar!(
        r#"select id as "id: AccountEventId" from account_events
         where user_id = $1 and kind = 'confirm_email' and spent_at is null and expires_at > $2
         order by at desc, id desc limit 1"#,
        owner.0,
        now,
    )
    .fetch_optional(db)
    .await
}

/// Mails of one kind to a person that have not expired yet.
pub(in crate::people) struct SentMails {
    pub count: i64,
    /// The instant of the latest one.
    pub last: Option<DateTime<Utc>>,
}

/// The mails of this kind to a person that have not expired yet.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn sent_mails(
    work: &mut UnitOfWork<'_>,
    owner: UserId,
    kind: AccountEventKind,
) -> sqlx::Result<SentMails> {
    let now = work.now();
    sqlx::query_as!(
        SentMails,
        r#"select count(*) as "count!", max(at) as "last?" from account_events
           where user_id = $1 and kind = $2 and spent_at is null and expires_at > $3"#,
        owner.0,
        kind.as_str(),
        now,
    )
    .fetch_one(&mut *work.tx)
    .await
}

/// Spends every open link of a person, except for those that confirm the address `but_of`.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn spend_links(
    work: &mut UnitOfWork<'_>,
    owner: UserId,
    but_of: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update account_events set spent_at = $2
         where user_id = $1 and expires_at is not null and spent_at is null
           and not (kind = 'confirm_email' and lower(address) = lower($3))",
        owner.0,
        work.now(),
        but_of,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Spends the open links of a person that confirm an address, whatever the address is.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn spend_confirmations(
    work: &mut UnitOfWork<'_>,
    owner: UserId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update account_events set spent_at = $2
         where user_id = $1 and expires_at is not null and spent_at is null and kind = 'confirm_email'",
        owner.0,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Inserts a request for a new password, or a report of wrong passwords.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn insert_reset_request(
    work: &mut UnitOfWork<'_>,
    id: ResetRequestId,
    email: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into password_reset_requests (id, email, at) values ($1, $2, $3)",
        id.0,
        email,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Deletes a request; the result is its address, `None` when there is no such request.
///
/// # Errors
/// The database failed.
pub(in crate::people) async fn take_reset_request(
    work: &mut UnitOfWork<'_>,
    id: ResetRequestId,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "delete from password_reset_requests where id = $1 returning email",
        id.0,
    )
    .fetch_optional(&mut *work.tx)
    .await
}
