//! The SQL of windows and of digests that grow.

use super::{Kind, Place, Window};
use chrono::{DateTime, Utc};
use domain::{
    channel::Channel,
    ids::{DigestId, NotificationId, UserId},
};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;
use std::collections::BTreeMap;

/// Counts more notifications of each kind, and returns how many its window has. A window that is over begins anew.
///
/// # Errors
/// The database failed.
pub(super) async fn count(
    work: &mut UnitOfWork<'_>,
    windows: &[(Window, i32)],
) -> sqlx::Result<BTreeMap<Kind, i32>> {
    let more: Vec<_> = windows.iter().map(|(_, more)| *more).collect();
    let windows: Vec<_> = windows.iter().map(|(window, _)| *window).collect();
    let columns = Columns::of(&windows);
    let rows = sqlx::query!(
        "insert into gathering_windows as w (user_id, channel, template, until, told)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[])
            as n (user_id, channel, template, until, told)
        order by 1, 2, 3
        on conflict (user_id, channel, template) do update
        set until = case when w.until <= $6 then excluded.until else w.until end,
            told = case when w.until <= $6 then 0 else w.told end + excluded.told
        returning user_id, channel, template, told",
        &columns.people,
        &columns.channels,
        &columns.templates,
        &columns.until,
        &more,
        work.now(),
    )
    .fetch_all(&mut *work.tx)
    .await?;
    let counted = rows.into_iter().map(|row| {
        let kind = Kind {
            to: row.user_id,
            channel: row.channel,
            template: row.template,
        };
        (kind, row.told)
    });
    Ok(counted.collect())
}

/// Begins windows in which nothing more goes at once.
///
/// # Errors
/// The database failed.
pub(super) async fn fill(work: &mut UnitOfWork<'_>, windows: &[Window]) -> sqlx::Result<()> {
    let mut windows = windows.to_vec();
    windows.sort_by_key(|window| window.kind);
    // A statement cannot set a row twice.
    windows.dedup_by_key(|window| window.kind);
    let columns = Columns::of(&windows);
    sqlx::query!(
        "insert into gathering_windows (user_id, channel, template, until, told)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[])
            as n (user_id, channel, template, until, told)
        order by 1, 2, 3
        on conflict (user_id, channel, template) do update set until = excluded.until, told = excluded.told",
        &columns.people,
        &columns.channels,
        &columns.templates,
        &columns.until,
        &columns.at_once,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Windows as the columns of a statement.
struct Columns {
    people: Vec<uuid::Uuid>,
    channels: Vec<String>,
    templates: Vec<String>,
    until: Vec<DateTime<Utc>>,
    at_once: Vec<i32>,
}

impl Columns {
    fn of(windows: &[Window]) -> Self {
        let each = || windows.iter();
        Self {
            people: each().map(|window| window.kind.to.0).collect(),
            channels: each()
                .map(|window| window.kind.channel.to_string())
                .collect(),
            templates: each()
                .map(|window| window.kind.template.to_string())
                .collect(),
            until: each().map(|window| window.until).collect(),
            at_once: each().map(|window| window.at_once).collect(),
        }
    }
}

/// Begins a digest; `None` if one grows there.
///
/// # Errors
/// The database failed.
pub(super) async fn begin(
    work: &mut UnitOfWork<'_>,
    place: Place,
    due: DateTime<Utc>,
) -> sqlx::Result<Option<DigestId>> {
    let id = work.cx.ids.uuid(work.now());
    sqlx::query_scalar!(
        "insert into digests (id, user_id, channel, quiet, status, due_at, created_at)
        values ($1, $2, $3, $4, 'gathering', $5, $6)
        on conflict (user_id, channel, quiet) where status = 'gathering' do nothing
        returning id",
        id,
        place.to.0,
        place.channel.as_str(),
        place.is_quiet,
        due,
        work.now(),
    )
    .fetch_optional(&mut *work.tx)
    .await
}

/// The digest that grows there, which cannot be closed until the transaction ends; `None` if there is none.
///
/// # Errors
/// The database failed.
pub(super) async fn growing(
    work: &mut UnitOfWork<'_>,
    place: Place,
) -> sqlx::Result<Option<DigestId>> {
    sqlx::query_scalar!(
        "select id from digests
        where user_id = $1 and channel = $2 and quiet = $3 and status = 'gathering' for share",
        place.to.0,
        place.channel.as_str(),
        place.is_quiet,
    )
    .fetch_optional(&mut *work.tx)
    .await
}

/// Adds notifications to a digest.
///
/// # Errors
/// The database failed.
pub(super) async fn add(
    work: &mut UnitOfWork<'_>,
    digest: DigestId,
    notifications: &[NotificationId],
) -> sqlx::Result<()> {
    let notifications: Vec<_> = notifications.iter().map(|one| one.0).collect();
    // A notification of a former digest that held it back joins the next one.
    sqlx::query!(
        "insert into digest_entries (digest_id, notification_id) select $1, unnest($2::uuid[])
        on conflict (notification_id) do update set digest_id = excluded.digest_id",
        digest.0,
        &notifications,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// The person and the channel of a notification.
///
/// # Errors
/// The database failed, or there is no such notification.
pub(super) async fn place(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
) -> sqlx::Result<(UserId, Channel)> {
    let row = sqlx::query!(
        r#"select user_id, channel from notifications where id = $1"#,
        notification.0,
    )
    .fetch_one(&mut *work.tx)
    .await?;
    Ok((row.user_id, row.channel))
}

/// Closes a digest that grows; `false` if it does not.
///
/// # Errors
/// The database failed.
pub(super) async fn close(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<bool> {
    let closed = sqlx::query!(
        "update digests set status = 'closed' where id = $1 and status = 'gathering'",
        digest.0,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(closed.rows_affected() == 1)
}

/// Whether a digest is closed, and neither sent nor dropped: a delivery that failed may be tried again.
///
/// # Errors
/// The database failed.
pub(super) async fn is_open(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from digests where id = $1 and status in ('closed', 'failed')) as "open!""#,
        digest.0,
    )
    .fetch_one(&mut *work.tx)
    .await
}

/// The kinds of the entries of a digest that grows.
///
/// # Errors
/// The database failed.
pub(super) async fn kinds(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<Vec<Kind>> {
    let rows = sqlx::query!(
        "select distinct n.user_id, n.channel, n.template
        from digests d join digest_entries e on e.digest_id = d.id join notifications n on n.id = e.notification_id
        where d.id = $1 and d.status = 'gathering'",
        digest.0,
    )
    .fetch_all(&mut *work.tx)
    .await?;
    let kinds = rows.into_iter().map(|row| Kind {
        to: row.user_id,
        channel: row.channel,
        template: row.template,
    });
    Ok(kinds.collect())
}

/// Deletes at most `limit` windows that ended before an instant; returns how many.
///
/// # Errors
/// The database failed.
pub async fn forget_windows_before(
    db: impl PgExecutor<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from gathering_windows where (user_id, channel, template) in (
            select user_id, channel, template from gathering_windows where until < $1 order by until limit $2)",
        before,
        limit,
    )
    .execute(db)
    .await?;
    Ok(deleted.rows_affected())
}
