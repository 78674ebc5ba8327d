//! The SQL of accounts of an outside issuer. No decisions.

use domain::{actor::Actor, ids::UserId, people::Role};
use sqlx::PgExecutor;

/// The account of an external person.
pub(super) struct ExternalAccount {
    id: UserId,
    role: Role,
    active: bool,
}

impl ExternalAccount {
    /// The actor; `None` when the account is inactive.
    pub fn actor(&self) -> Option<Actor> {
        self.active.then_some(Actor {
            id: self.id,
            role: self.role,
        })
    }
}

/// The account for this issuer and subject; `None` when there is none.
///
/// # Errors
/// The database failed.
pub(super) async fn find(
    db: impl PgExecutor<'_>,
    issuer: &str,
    subject: &str,
) -> sqlx::Result<Option<ExternalAccount>> {
    sqlx::query_as!(
        ExternalAccount,
        "select id, role, active from users where external_issuer = $1 and external_subject = $2",
        issuer,
        subject,
    )
    .fetch_optional(db)
    .await
}
