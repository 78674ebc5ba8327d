//! Every job and what runs it, on one screen. A new job is a variant of [`Job`], an arm here, and
//! a file beside this one. Every handler may run twice, and at once with itself; `docs/JOBS.md`
//! says of each why that is harmless.

mod assign_ticket;
mod assign_waiting;
mod auto_close;
mod deliver_email;
mod error;
mod fill_agent;
mod plan_notifications;
mod prune;
mod release_tickets;
mod request_password_reset;
mod roll_up_stats;
mod sweep_sla;
mod tell_of_failures;

pub use error::JobError;

use crate::JobContext;
use futures_util::future::BoxFuture;
use shared::{ids::NotificationId, jobs::Job, work::Work};

type Outcome<'w> = BoxFuture<'w, Result<(), JobError>>;
type InTransaction = Box<dyn for<'w, 'c> FnOnce(&'w mut Work<'c>) -> Outcome<'w> + Send>;
type Sweep = Box<dyn for<'w> FnOnce(&'w JobContext) -> Outcome<'w> + Send>;

/// How a job is run.
pub(crate) enum Handler {
    /// In the transaction that holds its row: what it does and that it is done are committed
    /// together. It must not use the pool.
    InTransaction(InTransaction),
    /// In transactions of its own, one for each thing that it finds to do. The one that holds its
    /// row only keeps a second copy away.
    Sweep(Sweep),
    /// Outside of any transaction, since it talks to somebody else: claim, commit, call, record.
    Delivery(NotificationId),
}

/// What runs a job.
pub(crate) fn handler_of(job: &Job) -> Handler {
    match *job {
        Job::AssignTicket { ticket } => {
            in_transaction(move |work| Box::pin(assign_ticket::run(work, ticket)))
        }
        Job::FillAgent { agent } => sweep(move |cx| Box::pin(fill_agent::run(cx, agent))),
        Job::AssignWaiting => sweep(|cx| Box::pin(assign_waiting::run(cx))),
        Job::PlanNotifications { event } => {
            in_transaction(move |work| Box::pin(plan_notifications::run(work, event)))
        }
        Job::ReleaseTickets { agent } => sweep(move |cx| Box::pin(release_tickets::run(cx, agent))),
        Job::RequestPasswordReset { request } => {
            in_transaction(move |work| Box::pin(request_password_reset::run(work, request)))
        }
        Job::TellOfFailures { request } => {
            in_transaction(move |work| Box::pin(tell_of_failures::run(work, request)))
        }
        Job::DeliverEmail { notification } => Handler::Delivery(notification),
        Job::SweepSla => sweep(|cx| Box::pin(sweep_sla::run(cx))),
        Job::AutoClose => sweep(|cx| Box::pin(auto_close::run(cx))),
        Job::RollUpStats => sweep(|cx| Box::pin(roll_up_stats::run(cx))),
        Job::Prune => sweep(|cx| Box::pin(prune::run(cx))),
    }
}

/// Leaves word that a job is among the dead letters, in the transaction that lays it there.
pub(crate) async fn abandon(
    work: &mut Work<'_>,
    job: &Job,
    error: &str,
) -> Result<(), sqlx::Error> {
    match *job {
        Job::DeliverEmail { notification } => {
            deliver_email::abandon(work, notification, error).await
        }
        Job::AssignTicket { .. }
        | Job::FillAgent { .. }
        | Job::AssignWaiting
        | Job::PlanNotifications { .. }
        | Job::ReleaseTickets { .. }
        | Job::RequestPasswordReset { .. }
        | Job::TellOfFailures { .. }
        | Job::SweepSla
        | Job::AutoClose
        | Job::RollUpStats
        | Job::Prune => Ok(()),
    }
}

pub(crate) use deliver_email::{Delivered, deliver, record};

fn in_transaction(
    run: impl for<'w, 'c> FnOnce(&'w mut Work<'c>) -> Outcome<'w> + Send + 'static,
) -> Handler {
    Handler::InTransaction(Box::new(run))
}

fn sweep(run: impl for<'w> FnOnce(&'w JobContext) -> Outcome<'w> + Send + 'static) -> Handler {
    Handler::Sweep(Box::new(run))
}
