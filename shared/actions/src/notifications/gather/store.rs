//! The SQL of windows and of digests that grow.

use super::{Kind, Place, Window};
use chrono::{DateTime, Utc};
use domain::ids::{DigestId, NotificationId};
use platform::work::UnitOfWork;
use sqlx::PgExecutor;
use std::collections::BTreeSet;

/// Opens the windows that are not open, and returns their kinds.
///
/// # Errors
/// The database failed.
pub(super) async fn open_windows(
    work: &mut UnitOfWork<'_>,
    windows: &[Window],
) -> sqlx::Result<BTreeSet<Kind>> {
    let columns = Columns::of(windows);
    let rows = sqlx::query!(
        r#"insert into gathering_windows as w (user_id, channel, template, until)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as n (user_id, channel, template, until)
        order by 1, 2, 3
        on conflict (user_id, channel, template) do update set until = excluded.until where w.until <= $5
        returning user_id, channel, template"#,
        &columns.people,
        &columns.channels,
        &columns.templates,
        &columns.until,
        work.now(),
    )
    .fetch_all(&mut *work.tx)
    .await?;
    let opened = rows.into_iter().map(|row| Kind {
        to: row.user_id,
        channel: row.channel,
        template: row.template,
    });
    Ok(opened.collect())
}

/// Sets the ends of windows.
///
/// # Errors
/// The database failed.
pub(super) async fn renew_windows(
    work: &mut UnitOfWork<'_>,
    windows: &[Window],
) -> sqlx::Result<()> {
    let columns = Columns::of(windows);
    sqlx::query!(
        "insert into gathering_windows (user_id, channel, template, until)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as n (user_id, channel, template, until)
        order by 1, 2, 3
        on conflict (user_id, channel, template) do update set until = excluded.until",
        &columns.people,
        &columns.channels,
        &columns.templates,
        &columns.until,
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
}

impl Columns {
    /// Each kind once: a statement cannot set a row twice.
    fn of(windows: &[Window]) -> Self {
        let mut windows = windows.to_vec();
        windows.sort_by_key(|window| window.kind);
        windows.dedup_by_key(|window| window.kind);
        Self {
            people: windows.iter().map(|window| window.kind.to.0).collect(),
            channels: windows
                .iter()
                .map(|window| window.kind.channel.to_string())
                .collect(),
            templates: windows
                .iter()
                .map(|window| window.kind.template.to_string())
                .collect(),
            until: windows.iter().map(|window| window.until).collect(),
        }
    }
}

/// Begins a digest; `None` if one grows there.
///
/// # Errors
/// The database failed.
pub(super) async fn begin(
    work: &mut UnitOfWork<'_>,
    (to, channel): Place,
    due: DateTime<Utc>,
) -> sqlx::Result<Option<DigestId>> {
    let id = work.cx.ids.uuid(work.now());
    sqlx::query_scalar!(
        r#"insert into digests (id, user_id, channel, status, due_at, created_at)
        values ($1, $2, $3, 'gathering', $4, $5)
        on conflict (user_id, channel) where status = 'gathering' do nothing
        returning id"#,
        id,
        to.0,
        channel.as_str(),
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
    (to, channel): Place,
) -> sqlx::Result<Option<DigestId>> {
    sqlx::query_scalar!(
        r#"select id from digests
        where user_id = $1 and channel = $2 and status = 'gathering' for share"#,
        to.0,
        channel.as_str(),
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
) -> sqlx::Result<Place> {
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

/// Whether a digest is closed, and not delivered yet.
///
/// # Errors
/// The database failed.
pub(super) async fn is_closed(work: &mut UnitOfWork<'_>, digest: DigestId) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from digests where id = $1 and status in ('closed', 'failed')) as "closed!""#,
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
