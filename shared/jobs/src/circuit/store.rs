//! The SQL of circuits: the row of a queue in `queue_control`. Always after the row of the job, so
//! that two transactions never wait for each other.

use crate::JobId;
use chrono::{DateTime, Utc};
use domain::queue::Queue;
use platform::work::Tx;

/// Holds a queue until an instant, because of what befell a job. `false`: it is held already, and
/// that job was not the one sent to see.
///
/// # Errors
/// The database failed.
pub async fn hold(
    tx: &mut Tx,
    (queue, job): (Queue, JobId),
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    because: &str,
) -> Result<bool, sqlx::Error> {
    let held = sqlx::query!(
        r#"update queue_control
           set held_until = $4, held_because = left($5, 500), failures = failures + 1, probe = null
           where queue = $1 and (held_until is null or held_until <= $3 or probe = $2)"#,
        queue.as_str(),
        job.0,
        now,
        until,
        because,
    )
    .execute(&mut **tx)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// The other side took a job: the queue flows again. `false`: it did before.
///
/// # Errors
/// The database failed.
pub async fn reached(tx: &mut Tx, queue: Queue) -> Result<bool, sqlx::Error> {
    let freed = sqlx::query!(
        r#"update queue_control set held_until = null, held_because = null, failures = 0, probe = null
           where queue = $1 and failures > 0"#,
        queue.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(freed.rows_affected() == 1)
}

/// The job that was sent to see had nothing to do there: the next one may go at once.
///
/// # Errors
/// The database failed.
pub async fn told_nothing(
    tx: &mut Tx,
    (queue, job): (Queue, JobId),
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update queue_control set held_until = $3, probe = null where queue = $1 and probe = $2",
        queue.as_str(),
        job.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
