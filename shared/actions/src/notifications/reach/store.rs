//! The SQL of how people can be reached.

use domain::{ids::UserId, notifications::Preference};
use sqlx::PgExecutor;

/// The choices of people that differ from the defaults.
///
/// # Errors
/// The database failed.
pub(super) async fn preferences(
    db: impl PgExecutor<'_>,
    people: &[UserId],
) -> sqlx::Result<Vec<(UserId, Preference)>> {
    let people: Vec<_> = people.iter().map(|person| person.0).collect();
    let rows = sqlx::query!(
        r#"select user_id, template, channel, enabled
        from notification_preferences where user_id = any($1)"#,
        &people,
    )
    .fetch_all(db)
    .await?;
    let preferences = rows.into_iter().map(|row| {
        let preference = Preference {
            template: row.template,
            channel: row.channel,
            enabled: row.enabled,
        };
        (row.user_id, preference)
    });
    Ok(preferences.collect())
}

/// Those of these people who have subscribed a device to push messages.
///
/// # Errors
/// The database failed.
pub(super) async fn with_devices(
    db: impl PgExecutor<'_>,
    people: &[UserId],
) -> sqlx::Result<Vec<UserId>> {
    let people: Vec<_> = people.iter().map(|person| person.0).collect();
    sqlx::query_scalar!(
        "select distinct user_id from push_subscriptions where user_id = any($1)",
        &people,
    )
    .fetch_all(db)
    .await
}
