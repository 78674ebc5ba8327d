//! The SQL of what unconfirmed addresses may get.

use crate::{ids::NotificationId, work::Work};
use chrono::NaiveDate;
use sqlx::{PgExecutor, PgPool};

/// Where a notification goes, if nobody has confirmed that address.
pub(super) async fn unconfirmed_address(
    db: impl PgExecutor<'_>,
    notification: NotificationId,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select lower(coalesce(e.address, u.email)) as "address!"
        from notifications n
        join users u on u.id = n.user_id
        left join account_events e on e.id = n.account_event_id
        where n.id = $1 and not coalesce(e.address_confirmed, u.email_confirmed_at is not null)"#,
        notification.0,
    )
    .fetch_optional(db)
    .await
}

/// Marks a notification as counted; false if it was before.
pub(super) async fn mark_admitted(
    work: &mut Work<'_>,
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

/// Counts one more mail to an address on a day, unless there were as many as may be.
pub(super) async fn count(
    work: &mut Work<'_>,
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

/// Forgets the counts of the days before this one.
///
/// # Errors
/// The database failed.
pub async fn forget_before(pool: &PgPool, day: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from unconfirmed_mail where day < $1", day)
        .execute(pool)
        .await?;
    Ok(())
}
