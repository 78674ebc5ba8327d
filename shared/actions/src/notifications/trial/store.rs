//! The SQL of the trial of channels.

use domain::{notifications::content::Recipient, people::PhoneNumber};
use sqlx::PgPool;

/// The person with an e-mail address.
///
/// # Errors
/// The database failed.
pub(super) async fn recipient(pool: &PgPool, email: &str) -> sqlx::Result<Option<Recipient>> {
    let row = sqlx::query!(
        r#"select id, first_name, last_name, email, phone_number, role, language, timezone, active,
            email_confirmed_at is not null as "confirmed!"
        from users where lower(email) = lower($1)"#,
        email,
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Recipient {
        id: row.id,
        first_name: row.first_name,
        last_name: row.last_name,
        email: row.email,
        phone_number: PhoneNumber::parse(&row.phone_number),
        confirmed: row.confirmed,
        role: row.role,
        language: row.language,
        timezone: row.timezone.parse().unwrap_or(chrono_tz::UTC),
        active: row.active,
    }))
}
