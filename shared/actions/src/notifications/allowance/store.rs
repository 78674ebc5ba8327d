//! The SQL of the daily quota of unconfirmed addresses.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    channel::Channel,
    ids::{NotificationId, UserId},
};
use platform::work::UnitOfWork;
use sqlx::{PgExecutor, PgPool};

/// Loads the address of a notification in lower case; `None` if it is confirmed.
///
/// # Errors
/// A failure of the database.
pub(super) async fn unconfirmed_address(
    db: impl PgExecutor<'_>,
    notification: NotificationId,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select lower(coalesce(e.address, u.email)) as "address!"
        from notifications n
        join users u on u.id = n.user_id
        left join account_events e on e.id = n.account_event_id
        where n.id = $1 and not coalesce(e.address_confirmed, false)
            and (u.email_confirmed_at is null or lower(e.address) <> lower(u.email))"#,
        notification.0,
    )
    .fetch_optional(db)
    .await
}

/// Marks a notification as counted; false if it was counted before.
///
/// # Errors
/// A failure of the database.
pub(super) async fn mark_admitted(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
) -> Result<bool, sqlx::Error> {
    let marked = sqlx::query!(
        "update notifications set admitted_at = $2 where id = $1 and admitted_at is null",
        notification.0,
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(marked.rows_affected() > 0)
}

/// Counts one more mail to an address on a day; false if there were `most` already.
///
/// # Errors
/// A failure of the database.
pub(super) async fn count(
    work: &mut UnitOfWork<'_>,
    address: &str,
    day: NaiveDate,
    most: i32,
) -> Result<bool, sqlx::Error> {
    let counted = sqlx::query!(
        "insert into unconfirmed_mail (address, day, mails) values ($1, $2, 1)
        on conflict (address, day) do update set mails = unconfirmed_mail.mails + 1
        where unconfirmed_mail.mails < $3",
        address,
        day,
        most,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(counted.rows_affected() > 0)
}

/// Whether the person of a notification has confirmed the address. A row lock prevents a confirmation until the
/// transaction ends.
///
/// # Errors
/// A failure of the database, or no such notification.
pub(super) async fn is_confirmed(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select u.email_confirmed_at is not null as "confirmed!"
        from notifications n join users u on u.id = n.user_id
        where n.id = $1 for share of u"#,
        notification.0,
    )
    .fetch_one(&mut *work.tx)
    .await
}

/// Sets a notification to held.
///
/// # Errors
/// A failure of the database.
pub(super) async fn hold(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update notifications set status = 'held', last_error = null
        where id = $1 and status in ('pending', 'failed')",
        notification.0,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Sets the latest held notifications of a person to pending, and returns them in the order of their creation.
///
/// # Errors
/// A failure of the database.
pub(super) async fn release(
    work: &mut UnitOfWork<'_>,
    owner: UserId,
    since: DateTime<Utc>,
    most: i64,
) -> Result<Vec<(NotificationId, Channel)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"with released as (
            update notifications set status = 'pending' where id in (
                select id from notifications where user_id = $1 and status = 'held' and created_at > $2
                order by created_at desc, id desc limit $3)
            returning id, channel, created_at)
        select id as "id!: NotificationId", channel as "channel!: Channel"
        from released order by created_at, id"#,
        owner.0,
        since,
        most,
    )
    .fetch_all(&mut *work.tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.channel)).collect())
}

/// Drops all held notifications of a person.
///
/// # Errors
/// A failure of the database.
pub(super) async fn drop_held(work: &mut UnitOfWork<'_>, owner: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update notifications set status = 'dropped' where user_id = $1 and status = 'held'",
        owner.0,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Deletes the counts of the days before this one.
///
/// # Errors
/// A failure of the database.
pub async fn forget_before(pool: &PgPool, day: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from unconfirmed_mail where day < $1", day)
        .execute(pool)
        .await?;
    Ok(())
}
