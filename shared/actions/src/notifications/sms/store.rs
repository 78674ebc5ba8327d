//! The SQL of text messages.

use super::Begun;
use crate::job_list::Parcel;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ids::{DigestId, NotificationId},
    notifications::NotificationStatus,
    sms::{DeliveryReport, Reported, SmsProvider},
};
use platform::work::UnitOfWork;
use sqlx::PgPool;
use std::num::NonZeroU32;
use uuid::Uuid;

/// Whether a message has a row: an attempt has begun before.
///
/// # Errors
/// A failure of the database.
pub(super) async fn exists(work: &mut UnitOfWork<'_>, parcel: Parcel) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from sms_messages where id = $1) as "exists!""#,
        parcel.id(),
    )
    .fetch_one(&mut *work.tx)
    .await
}

/// Counts one more message on a day, and locks the row of the day; false if there were as many as may be.
///
/// # Errors
/// A failure of the database.
pub(super) async fn count(
    work: &mut UnitOfWork<'_>,
    day: NaiveDate,
    most: Option<NonZeroU32>,
) -> sqlx::Result<bool> {
    let most = most.and_then(|most| i32::try_from(most.get()).ok());
    let counted = sqlx::query!(
        "insert into sms_days (day, messages) values ($1, 1)
        on conflict (day) do update set messages = sms_days.messages + 1
        where sms_days.messages < coalesce($2, 2147483647)",
        day,
        most,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(counted.rows_affected() > 0)
}

/// How many messages to a number began since an instant.
///
/// # Errors
/// A failure of the database.
pub(super) async fn sent_since(
    work: &mut UnitOfWork<'_>,
    number: &str,
    since: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from sms_messages where number = $1 and begun_at > $2"#,
        number,
        since,
    )
    .fetch_one(&mut *work.tx)
    .await
}

/// Inserts the row of a message. It may be there: two runs of one job at once.
///
/// # Errors
/// A failure of the database.
pub(super) async fn insert(work: &mut UnitOfWork<'_>, message: &Begun<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into sms_messages (id, provider, number, segments, begun_at)
        values ($1, $2, $3, $4, $5)
        on conflict (id) do nothing",
        message.parcel.id(),
        message.provider.as_str(),
        message.number.as_str(),
        i16::try_from(message.segments).unwrap_or(i16::MAX),
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Stores the provider's id of a message, and returns the report that came before it.
///
/// # Errors
/// A failure of the database.
pub(super) async fn accept(
    work: &mut UnitOfWork<'_>,
    parcel: Parcel,
    provider_id: Option<&str>,
) -> sqlx::Result<Option<DeliveryReport>> {
    let report = sqlx::query_scalar!(
        "update sms_messages set provider_id = coalesce(provider_id, $2)
        where id = $1 returning report",
        parcel.id(),
        provider_id,
    )
    .fetch_optional(&mut *work.tx)
    .await?;
    Ok(report.flatten())
}

/// A message that a report may be about. Its row is locked.
#[derive(Debug)]
pub(super) struct Found {
    pub id: Uuid,
    pub is_digest: bool,
    pub provider: SmsProvider,
    pub provider_id: Option<String>,
    pub number: String,
    pub report: Option<DeliveryReport>,
    pub status: NotificationStatus,
}

impl Found {
    /// What it told.
    pub const fn parcel(&self) -> Parcel {
        if self.is_digest {
            Parcel::Digest(DigestId(self.id))
        } else {
            Parcel::Notification(NotificationId(self.id))
        }
    }
}

/// Finds messages by `$condition`, and locks them. A digest that is being delivered is pending.
macro_rules! select_messages {
    ($condition:literal $(, $value:expr)*) => {
        sqlx::query_as!(
            Found,
            r#"select m.id, m.provider, m.provider_id, m.number, m.report, d.id is not null as "is_digest!",
                case when d.status in ('gathering', 'closed') then 'pending'
                    else coalesce(d.status, n.status) end as "status!: NotificationStatus"
            from sms_messages m
            left join notifications n on n.id = m.id
            left join digests d on d.id = m.id
            where num_nonnulls(n.id, d.id) = 1 and "# + $condition,
            $($value),*
        )
    };
}

/// The message with this id.
///
/// # Errors
/// A failure of the database.
pub(super) async fn of_id(work: &mut UnitOfWork<'_>, id: Uuid) -> sqlx::Result<Option<Found>> {
    select_messages!("m.id = $1 for update of m", id)
        .fetch_optional(&mut *work.tx)
        .await
}

/// The newest message that a provider gave this id.
///
/// # Errors
/// A failure of the database.
pub(super) async fn of_provider_id(
    work: &mut UnitOfWork<'_>,
    provider: SmsProvider,
    id: &str,
) -> sqlx::Result<Option<Found>> {
    select_messages!(
        "m.provider = $1 and m.provider_id = $2
        order by m.begun_at desc, m.id limit 1 for update of m",
        provider.as_str(),
        id
    )
    .fetch_optional(&mut *work.tx)
    .await
}

/// Up to two messages to a number that began since an instant and of which nobody knows, or not yet, whether they were
/// accepted.
///
/// # Errors
/// A failure of the database.
pub(super) async fn unnamed_to(
    work: &mut UnitOfWork<'_>,
    provider: SmsProvider,
    number: &str,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<Found>> {
    select_messages!(
        "m.provider = $1 and m.number = $2 and m.begun_at > $3 and m.provider_id is null
            and coalesce(d.status, n.status) in ('unknown', 'pending', 'gathered', 'gathering', 'closed')
        order by m.begun_at, m.id limit 2 for update of m",
        provider.as_str(),
        number,
        since
    )
    .fetch_all(&mut *work.tx)
    .await
}

/// Stores a report, with the provider's id if it was not known.
///
/// # Errors
/// A failure of the database.
pub(super) async fn set_report(
    work: &mut UnitOfWork<'_>,
    message: Uuid,
    id: &str,
    reported: &Reported,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update sms_messages
        set report = $2, reason = $3, reported_at = $4, provider_id = coalesce(provider_id, $5)
        where id = $1",
        message,
        reported.report.as_str(),
        reported.reason,
        work.now(),
        id,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Sets what a report says of a notification.
///
/// # Errors
/// A failure of the database.
pub(super) async fn settle(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    status: NotificationStatus,
    error: Option<&str>,
) -> sqlx::Result<()> {
    let sent_at = (status == NotificationStatus::Sent).then_some(work.now());
    sqlx::query!(
        "update notifications
        set status = $2, last_error = $3, sent_at = coalesce(sent_at, $4)
        where id = $1",
        notification.0,
        status.as_str(),
        error,
        sent_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Deletes a batch of messages that began before an instant.
///
/// # Errors
/// A failure of the database.
pub async fn prune(pool: &PgPool, before: DateTime<Utc>, batch: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from sms_messages where id in (
            select id from sms_messages where begun_at < $1 order by begun_at limit $2)",
        before,
        batch,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// Deletes the counts of days before one.
///
/// # Errors
/// A failure of the database.
pub async fn forget_before(pool: &PgPool, day: NaiveDate) -> sqlx::Result<()> {
    sqlx::query!("delete from sms_days where day < $1", day)
        .execute(pool)
        .await?;
    Ok(())
}
