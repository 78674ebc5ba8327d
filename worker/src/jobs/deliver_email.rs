//! Sends one e-mail: the call to the server outside of any transaction, what became of it inside
//! the one that marks the job as done. A process that dies between the two sends the mail once
//! more, with the same Message-ID.

use super::JobError;
use crate::{
    JobContext,
    mail::{MailError, Verdict},
    run::lease::Lease,
};
use shared::{
    context::Context,
    db,
    ids::NotificationId,
    jobs::{
        Queue,
        circuit::{self, Trouble},
        ledger::{ANSWER_LIMIT, Fence},
        store,
    },
    notifications::{
        account,
        actions::{self, Attempt},
        allowance, content,
    },
    work::{By, Work},
};

pub(crate) use crate::channels::Delivered;

/// Hands the mail to the server, unless there is nothing to tell any more, its address is not confirmed, or somebody
/// else may be at it. No transaction is open meanwhile. What stood in the way is written down with the notification.
pub(crate) async fn deliver(
    cx: &JobContext,
    notification: NotificationId,
    lease: &Lease<'_>,
) -> Result<Delivered, JobError> {
    let email = &cx.channels.email;
    let cx = &cx.cx;
    let now = cx.clock.now();
    let delivered = if let Some(content) = asked(content::load(&cx.pool, notification)).await? {
        let delivering = Box::pin(email.deliver(&content, now));
        lease.bounds(delivering).await
    } else if let Some(content) = asked(account::load(&cx.pool, notification)).await? {
        if !content.is_due(now) || !asked(allowance::admit(cx, notification)).await? {
            return Ok(Delivered::NothingToTell);
        }
        let delivering = Box::pin(email.deliver_for_account(&content, now));
        lease.bounds(delivering).await
    } else {
        return Ok(Delivered::NothingToTell);
    };
    match delivered.map_err(JobError::lost)? {
        Ok(delivered) => Ok(delivered),
        Err(error) => Err(failed(cx, (notification, lease.fence), error).await?),
    }
}

/// What is to become of the job. An attempt that is spared is none: nothing is written down then.
async fn failed(
    cx: &Context,
    of: (NotificationId, Fence),
    error: MailError,
) -> Result<JobError, sqlx::Error> {
    Ok(match error.trouble() {
        Some(trouble @ (Trouble::Unreachable | Trouble::SlowDown)) => {
            JobError::hold(trouble, error)
        }
        Some(trouble @ Trouble::BrokeOff) => {
            record_failure(cx, of, &error).await?;
            JobError::hold(trouble, error)
        }
        None => {
            record_failure(cx, of, &error).await?;
            match error.verdict() {
                Verdict::Temporary => JobError::retry(error),
                Verdict::Permanent => JobError::fail(error),
            }
        }
    })
}

/// Records what became of it, together with the end of the job.
pub(crate) async fn record(
    work: &mut Work<'_>,
    notification: NotificationId,
    delivered: &Delivered,
) -> Result<(), JobError> {
    let attempt = match delivered {
        Delivered::Sent => Attempt::Sent,
        Delivered::NothingToTell => Attempt::NothingToTell,
        Delivered::Held => Attempt::Held,
    };
    actions::record(work, notification, attempt).await?;
    Ok(())
}

/// Records that it was given up, together with the death of the job.
pub(super) async fn abandon(
    work: &mut Work<'_>,
    notification: NotificationId,
    error: &str,
) -> Result<(), sqlx::Error> {
    actions::record(work, notification, Attempt::Abandoned(error)).await
}

/// Of a run that another has got past nothing is written down.
async fn record_failure(
    cx: &Context,
    (notification, fence): (NotificationId, Fence),
    error: &MailError,
) -> Result<(), sqlx::Error> {
    let record = error.for_record();
    let attempt = match error.verdict() {
        Verdict::Temporary => Attempt::Delayed(&record),
        Verdict::Permanent => Attempt::GivenUp(&record),
    };
    let recording = async {
        let mut work = cx.begin(By::System).await?;
        if !store::is_current(&mut work.tx, fence).await? {
            return Ok(());
        }
        actions::record(&mut work, notification, attempt).await?;
        if error.was_judged() {
            circuit::reached(&mut work.tx, Queue::Email).await?;
        }
        work.commit().await
    };
    asked(recording).await
}

/// While it waits for the database nobody else may take the job over, so that it waits briefly.
async fn asked<T>(call: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    db::within(ANSWER_LIMIT, call).await
}
