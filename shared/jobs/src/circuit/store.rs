//! The SQL of circuit breakers: the row of a queue in `queue_control`. It is always locked after
//! the row of the job, so that two transactions cannot deadlock.

use crate::JobId;
use chrono::{DateTime, Utc};
use domain::queue::Queue;
use platform::work::Tx;

/// The job whose outcome changes a circuit, and its queue.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// The queue.
    pub queue: Queue,
    /// The job.
    pub job: JobId,
}

/// Opens the circuit of a queue until an instant. `false`: it is open already, and the job was not
/// its probe.
///
/// # Errors
/// The database failed.
pub async fn open(
    tx: &mut Tx,
    Subject { queue, job }: Subject,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    because: &str,
) -> sqlx::Result<bool> {
    let opened = sqlx::query!(
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
    Ok(opened.rows_affected() == 1)
}

/// Closes the circuit of a queue after the provider accepted or judged a job. `false`: it was
/// closed.
///
/// # Errors
/// The database failed.
pub async fn close(tx: &mut Tx, queue: Queue) -> sqlx::Result<bool> {
    let closed = sqlx::query!(
        r#"update queue_control set held_until = null, held_because = null, failures = 0, probe = null
           where queue = $1 and failures > 0"#,
        queue.as_str(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(closed.rows_affected() == 1)
}

/// Ends a probe that did not call the provider, so that the next probe can run at once.
///
/// # Errors
/// The database failed.
pub async fn end_probe(
    tx: &mut Tx,
    Subject { queue, job }: Subject,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
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
