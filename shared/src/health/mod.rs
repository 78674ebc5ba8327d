//! Whether what the system stands on is fit for work.

mod store;

use crate::context::Context;

/// What the database says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Every migration that this program knows is applied. There may be newer ones: they work
    /// with the release before them.
    Current,
    /// The database is not migrated, or not as far.
    Behind,
}

/// Asks the database how far it is migrated.
///
/// # Errors
/// It does not answer.
pub async fn schema(cx: &Context) -> Result<Schema, sqlx::Error> {
    let known = crate::MIGRATOR
        .iter()
        .map(|migration| migration.version)
        .max();
    let applied = if store::is_migrated(&cx.pool).await? {
        store::newest_migration(&cx.pool).await?
    } else {
        None
    };
    Ok(if applied >= known {
        Schema::Current
    } else {
        Schema::Behind
    })
}
