//! The SQL of mails about accounts.

use crate::notifications::account::AccountContent;
use domain::{
    channel::Channel,
    ids::{AccountEventId, NotificationId, UserId},
    notifications::{NotificationStatus, Template, content::Recipient},
};
use platform::work::UnitOfWork;
use sqlx::PgPool;

/// Inserts a notification to the owner of an account.
///
/// # Errors
/// A failure of the database.
pub(crate) async fn insert(
    work: &mut UnitOfWork<'_>,
    event: AccountEventId,
    owner: UserId,
    template: Template,
) -> Result<NotificationId, sqlx::Error> {
    let id = NotificationId(work.cx.ids.uuid(work.now()));
    sqlx::query!(
        "insert into notifications (id, account_event_id, user_id, channel, template, status, attempts, created_at)
        values ($1, $2, $3, $4, $5, $6, 0, $7)",
        id.0,
        event.0,
        owner.0,
        Channel::Email.as_str(),
        template.as_str(),
        NotificationStatus::Pending.as_str(),
        work.now(),
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(id)
}

/// Loads a mail about an account; `None` if there is no such notification.
///
/// # Errors
/// A failure of the database.
pub async fn load(
    pool: &PgPool,
    id: NotificationId,
) -> Result<Option<AccountContent>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select n.id, n.status, e.id as event_id, e.kind, e.address, e.at, e.expires_at, e.spent_at,
            lower(e.address) = lower(p.email) as "is_present!",
            e.address_confirmed or (p.email_confirmed_at is not null and lower(e.address) = lower(p.email))
                as "confirmed!",
            p.id as person_id, p.first_name, p.last_name, p.role, p.language, p.timezone, p.active
        from notifications n
        join account_events e on e.id = n.account_event_id
        join users p on p.id = n.user_id
        where n.id = $1"#,
        id.0,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| AccountContent {
        id: row.id,
        status: row.status,
        person: Recipient {
            id: row.person_id,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.address.clone(),
            // Messages about accounts go by e-mail.
            phone_number: None,
            confirmed: row.confirmed,
            role: row.role,
            language: row.language,
            // The notification is delivered even if this release does not know the time zone.
            timezone: row.timezone.parse().unwrap_or(chrono_tz::UTC),
            active: row.active,
        },
        event: row.event_id,
        kind: row.kind,
        address: row.address,
        is_present: row.is_present,
        at: row.at,
        expires_at: row.expires_at,
        spent_at: row.spent_at,
    }))
}
