//! The SQL of the rows of notifications.

use domain::{
    channel::Channel,
    ids::{EventId, NotificationId, UserId},
    notifications::{NotificationStatus, Template},
};
use platform::work::UnitOfWork;

/// A notification to be stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewNotification {
    pub event: EventId,
    pub to: UserId,
    pub template: Template,
    pub channel: Channel,
}

/// A notification that was stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inserted {
    pub id: NotificationId,
    pub new: NewNotification,
}

/// Inserts notifications of events and returns the new rows. Rows that exist already have their delivery
/// jobs.
///
/// # Errors
/// A failure of the database.
pub(super) async fn insert(
    work: &mut UnitOfWork<'_>,
    new: &[NewNotification],
) -> Result<Vec<Inserted>, sqlx::Error> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<_> = new.iter().map(|_| work.cx.ids.uuid(work.now())).collect();
    // Ids of one instant are random: in ascending order they tell the order of the events.
    ids.sort_unstable();
    let events: Vec<_> = new.iter().map(|one| one.event.0).collect();
    let people: Vec<_> = new.iter().map(|one| one.to.0).collect();
    let channels: Vec<_> = new.iter().map(|one| one.channel.to_string()).collect();
    let templates: Vec<_> = new.iter().map(|one| one.template.to_string()).collect();
    let rows = sqlx::query!(
        r#"insert into notifications (id, event_id, user_id, channel, template, status, attempts, created_at)
        select n.id, n.event_id, n.user_id, n.channel, n.template, $6, 0, $7
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) as n (id, event_id, user_id, channel, template)
        on conflict (event_id, user_id, channel) do nothing
        returning id, event_id as "event_id!", user_id, channel, template"#,
        &ids,
        &events,
        &people,
        &channels,
        &templates,
        NotificationStatus::Pending.as_str(),
        work.now(),
    )
    .fetch_all(&mut *work.tx)
    .await?;
    let inserted = rows.into_iter().map(|row| Inserted {
        id: row.id,
        new: NewNotification {
            event: row.event_id,
            to: row.user_id,
            template: row.template,
            channel: row.channel,
        },
    });
    Ok(inserted.collect())
}

/// Sets the status of notifications that are not final.
///
/// # Errors
/// A failure of the database.
pub(super) async fn set_status(
    work: &mut UnitOfWork<'_>,
    notifications: &[NotificationId],
    status: NotificationStatus,
) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = notifications.iter().map(|one| one.0).collect();
    sqlx::query!(
        "update notifications set status = $2 where id = any($1) and status not in ('sent', 'dropped', 'unknown')",
        &ids,
        status.as_str(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Stores the outcome of an attempt, and counts it. A final status stays.
///
/// # Errors
/// A failure of the database.
pub(super) async fn save(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    status: NotificationStatus,
    error: Option<&str>,
) -> Result<(), sqlx::Error> {
    let sent_at = (status == NotificationStatus::Sent).then_some(work.now());
    sqlx::query!(
        "update notifications
        set status = $2, attempts = attempts + 1, last_error = $3, sent_at = $4
        where id = $1 and status in ('pending', 'failed')",
        notification.0,
        status.as_str(),
        error,
        sent_at,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Sets a pending notification to failed, without counting an attempt. The error of the last attempt stays, since
/// it is more precise than this one.
///
/// # Errors
/// A failure of the database.
pub(super) async fn abandon(
    work: &mut UnitOfWork<'_>,
    notification: NotificationId,
    error: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update notifications set status = 'failed', last_error = coalesce(last_error, $2)
        where id = $1 and status = 'pending'",
        notification.0,
        error,
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}
