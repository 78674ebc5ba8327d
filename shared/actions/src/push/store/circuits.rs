//! The SQL of the circuits of push services. No decisions.

use chrono::{DateTime, Utc};
use domain::ids::PushSubscriptionId;
use sqlx::{PgExecutor, PgPool};

/// The circuit of a push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circuit {
    /// Failures in a row.
    pub failures: i32,
    /// The people whom it refused in a row.
    pub refused: i32,
    /// Nothing is sent before this instant.
    pub open_until: Option<DateTime<Utc>>,
}

/// The circuit of a push service; `None` if it does not fail.
///
/// # Errors
/// The database failed.
pub async fn find(pool: &PgPool, origin: &str) -> sqlx::Result<Option<Circuit>> {
    sqlx::query_as!(
        Circuit,
        r#"select failures, cardinality(refused) as "refused!", open_until from push_circuits where origin = $1"#,
        origin,
    )
    .fetch_optional(pool)
    .await
}

/// Claims the probe of a circuit whose pause ended at `until`: the next one is at `next`. `false`: another run has it.
///
/// # Errors
/// The database failed.
pub async fn claim_probe(
    pool: &PgPool,
    origin: &str,
    until: DateTime<Utc>,
    next: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let claimed = sqlx::query!(
        "update push_circuits set open_until = $3 where origin = $1 and open_until = $2",
        origin,
        until,
        next,
    )
    .execute(pool)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Locks the circuit of a push service, which is made if there is none.
///
/// # Errors
/// The database failed.
pub async fn lock(
    db: impl PgExecutor<'_>,
    origin: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Circuit> {
    sqlx::query_as!(
        Circuit,
        r#"insert into push_circuits (origin, failures, because, updated_at) values ($1, 0, '', $2)
        on conflict (origin) do update set updated_at = excluded.updated_at
        returning failures, cardinality(refused) as "refused!", open_until"#,
        origin,
        now,
    )
    .fetch_one(db)
    .await
}

/// Notes in a locked circuit that the owner of a device was refused. `false`: that was noted before, there are `most`
/// of them, or the device is gone.
///
/// # Errors
/// The database failed.
pub async fn refuse(
    db: impl PgExecutor<'_>,
    origin: &str,
    device: PushSubscriptionId,
    most: i32,
) -> sqlx::Result<bool> {
    let noted = sqlx::query!(
        "update push_circuits c set refused = c.refused || s.user_id from push_subscriptions s
         where c.origin = $1 and s.id = $2 and s.user_id <> all (c.refused) and cardinality(c.refused) < $3",
        origin,
        device.0,
        most,
    )
    .execute(db)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Saves a circuit that is locked.
///
/// # Errors
/// The database failed.
pub async fn save(
    db: impl PgExecutor<'_>,
    origin: &str,
    circuit: Circuit,
    because: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update push_circuits set failures = $2, open_until = $3, because = $4 where origin = $1",
        origin,
        circuit.failures,
        circuit.open_until,
        because,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Closes the circuit of a push service, if there is one.
///
/// # Errors
/// The database failed.
pub async fn close(db: impl PgExecutor<'_>, origin: &str) -> sqlx::Result<()> {
    sqlx::query!("delete from push_circuits where origin = $1", origin)
        .execute(db)
        .await?;
    Ok(())
}

/// Deletes the circuits of services that failed before an instant, and never since.
///
/// # Errors
/// The database failed.
pub async fn prune(pool: &PgPool, before: DateTime<Utc>, limit: i64) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        "delete from push_circuits where origin in (
             select origin from push_circuits where updated_at < $1 limit $2)",
        before,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}
