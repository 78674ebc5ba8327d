//! Every job and its handler, on one screen. A new job is a variant of [`Job`] with its row, and an
//! arm here that calls its action; only a job that does more has a file beside this one. Every
//! handler may run twice, and concurrently with itself; `docs/JOBS.md` says for each why that is
//! harmless.

mod error;
mod prune;
mod sweep_sla;

pub use error::JobError;

use crate::JobContext;
use actions::{
    assignment::{assign_automatically, assign_to_available_agent, assign_waiting},
    job_list::{Delivery, Job},
    notifications::{ToPlan, plan_notifications},
    people::{answer_failure_report, answer_reset_request, mark_absent},
    tickets::{AutoClosed, Release, auto_close, release, release_of_offline},
};
use domain::{actor::Initiator, ids::WebhookDeliveryId};
use futures_util::future::BoxFuture;
use platform::{trace::Trace, work::UnitOfWork};

type Outcome<'w> = BoxFuture<'w, Result<Found, JobError>>;
type InTransaction = Box<dyn for<'w, 'c> FnOnce(&'w mut UnitOfWork<'c>) -> Outcome<'w> + Send>;
type Sweep = Box<dyn for<'w> FnOnce(&'w JobContext) -> Outcome<'w> + Send>;

/// Whether a run found something to do. Sweeps run many times a minute and mostly find nothing: the
/// log shows those runs at DEBUG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// The run changed something, or its job was enqueued for one occasion.
    Work,
    /// A sweep found nothing due.
    Nothing,
}

impl From<bool> for Found {
    fn from(any: bool) -> Self {
        if any { Self::Work } else { Self::Nothing }
    }
}

/// The kind of a job's handler.
pub(crate) enum Handler {
    /// Runs in the transaction that holds the job's row: its effect and its outcome are committed
    /// together. It must not use the pool.
    InTransaction(InTransaction),
    /// Runs in transactions of its own, one for each item that it finds. The transaction that holds
    /// the job's row only excludes a second copy.
    Sweep(Sweep),
    /// Runs outside of any transaction, since it calls a provider: claim, commit, call, record
    /// ([`crate::run`]).
    Outside(OutsideCall),
}

/// What a job calls.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OutsideCall {
    /// The provider of a channel, with a notification ([`crate::channels`]).
    Notification(Delivery),
    /// An address that an admin gave, with an event ([`crate::webhooks`]).
    Webhook(WebhookDeliveryId),
}

/// The handler of a job.
pub(crate) fn handler_of(job: &Job) -> Handler {
    match *job {
        Job::AssignTicket { ticket } => {
            in_transaction(move |work| done(assign_automatically(work, ticket)))
        }
        Job::AssignToAvailableAgent { agent } => {
            sweep(move |cx| done(assign_to_available_agent(&cx.cx, agent)))
        }
        Job::AssignWaiting => sweep(|cx| {
            Box::pin(async move {
                // Waiting tickets are assigned whether or not the rest succeeded.
                let absent = mark_absent(&cx.cx).await;
                let released = release_of_offline(&cx.cx).await;
                let assigned = assign_waiting(&cx.cx).await?;
                Ok((absent? > 0 || released? > 0 || assigned > 0).into())
            })
        }),
        Job::PlanNotifications { event } => {
            in_transaction(move |work| Box::pin(plan_one(work, ToPlan::Event(event))))
        }
        Job::TellOfWaiting { ticket } => {
            in_transaction(move |work| Box::pin(plan_one(work, ToPlan::Waiting(ticket))))
        }
        Job::ReleaseTickets { agent } => sweep(move |cx| {
            done(release(
                &cx.cx,
                agent,
                Initiator::System,
                Release::UnlessBack,
            ))
        }),
        Job::RequestPasswordReset { request } => {
            in_transaction(move |work| done(answer_reset_request(work, request)))
        }
        Job::TellOfFailures { request } => {
            in_transaction(move |work| done(answer_failure_report(work, request)))
        }
        Job::Deliver(delivery) => Handler::Outside(OutsideCall::Notification(delivery)),
        Job::DeliverWebhook { delivery } => Handler::Outside(OutsideCall::Webhook(delivery)),
        Job::SweepSla => sweep(|cx| Box::pin(sweep_sla::run(cx))),
        Job::AutoClose => sweep(|cx| {
            Box::pin(async move { Ok((auto_close(&cx.cx).await? != AutoClosed::default()).into()) })
        }),
        Job::RollUpStats => sweep(|cx| {
            Box::pin(async move { Ok((actions::stats::roll_up(&cx.cx).await? > 0).into()) })
        }),
        Job::Prune => sweep(|cx| Box::pin(prune::run(cx))),
    }
}

/// The names of the jobs that [`run_together`] takes: those that only plan what people are told. What they lock they lock in
/// one order, so that two transactions cannot wait for each other in a circle.
pub(crate) const RUN_TOGETHER: [&str; 2] = ["plan_notifications", "tell_of_waiting"];

/// Does the work of jobs in one transaction.
///
/// # Errors
/// One of them failed, or is not one of [`RUN_TOGETHER`]. Then none of the work counts.
pub(crate) async fn run_together(
    work: &mut UnitOfWork<'_>,
    jobs: &[(Job, Option<Trace>)],
) -> Result<(), JobError> {
    let mut plans = Vec::new();
    for (job, trace) in jobs {
        let plan = to_plan(job).ok_or_else(|| JobError::retry(NotTogether(job.name())))?;
        plans.push((plan, *trace));
    }
    // A digest has notifications of many traces.
    work.trace = None;
    plan_notifications(work, &plans).await?;
    Ok(())
}

/// A job that does not plan.
#[derive(Debug, thiserror::Error)]
#[error("a job {0} cannot share a transaction with others")]
struct NotTogether(&'static str);

const fn to_plan(job: &Job) -> Option<ToPlan> {
    match *job {
        Job::PlanNotifications { event } => Some(ToPlan::Event(event)),
        Job::TellOfWaiting { ticket } => Some(ToPlan::Waiting(ticket)),
        _ => None,
    }
}

async fn plan_one(work: &mut UnitOfWork<'_>, plan: ToPlan) -> Result<Found, JobError> {
    let trace = work.trace;
    plan_notifications(work, &[(plan, trace)]).await?;
    Ok(Found::Work)
}

/// A handler that is one action of one occasion, whose result the job ignores.
fn done<'w, T, E>(action: impl Future<Output = Result<T, E>> + Send + 'w) -> Outcome<'w>
where
    JobError: From<E>,
{
    Box::pin(async move {
        action.await?;
        Ok(Found::Work)
    })
}

fn in_transaction(
    run: impl for<'w, 'c> FnOnce(&'w mut UnitOfWork<'c>) -> Outcome<'w> + Send + 'static,
) -> Handler {
    Handler::InTransaction(Box::new(run))
}

fn sweep(run: impl for<'w> FnOnce(&'w JobContext) -> Outcome<'w> + Send + 'static) -> Handler {
    Handler::Sweep(Box::new(run))
}
