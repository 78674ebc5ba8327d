//! The SQL of people whom an outside issuer knows.

use domain::{actor::Actor, ids::UserId, people::Role};
use sqlx::PgExecutor;

pub(super) struct Found {
    id: UserId,
    role: Role,
    active: bool,
}

impl Found {
    /// Who that is, if the account may be used.
    pub fn actor(&self) -> Option<Actor> {
        self.active.then_some(Actor {
            id: self.id,
            role: self.role,
        })
    }
}

/// The account of a person whom an issuer knows under this name.
///
/// # Errors
/// The database failed.
pub(super) async fn find(
    db: impl PgExecutor<'_>,
    issuer: &str,
    subject: &str,
) -> sqlx::Result<Option<Found>> {
    sqlx::query_as!(
        Found,
        "select id, role, active from users where external_issuer = $1 and external_subject = $2",
        issuer,
        subject,
    )
    .fetch_optional(db)
    .await
}
