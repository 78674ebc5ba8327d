//! The SQL of people in short. No decisions.

use chrono_tz::Tz;
use domain::{ids::UserId, people::Role};
use sqlx::PgExecutor;
use std::collections::HashMap;

/// A person in short.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Named {
    /// The person's id.
    pub id: UserId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// A language tag of BCP 47.
    pub language: String,
    /// A time zone by its IANA name.
    pub timezone: String,
    /// Whether the account is active.
    pub active: bool,
}

impl Named {
    /// The time zone; UTC where the name is unknown by now.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.timezone.parse().unwrap_or(Tz::UTC)
    }
}

/// The people with these ids, by id. Unknown ids are left out.
///
/// # Errors
/// The database failed.
pub async fn names(
    db: impl PgExecutor<'_>,
    people: &[uuid::Uuid],
) -> sqlx::Result<HashMap<UserId, Named>> {
    let named = sqlx::query_as!(
        Named,
        "select id, first_name, last_name, email, role, language, timezone, active from users where id = any($1)",
        people,
    )
    .fetch_all(db)
    .await?;
    Ok(named
        .into_iter()
        .map(|person| (person.id, person))
        .collect())
}

/// One person; `None` when there is no such person.
///
/// # Errors
/// The database failed.
pub async fn find(db: impl PgExecutor<'_>, person: UserId) -> sqlx::Result<Option<Named>> {
    sqlx::query_as!(
        Named,
        "select id, first_name, last_name, email, role, language, timezone, active from users where id = $1",
        person.0,
    )
    .fetch_optional(db)
    .await
}
