//! Jobs that run together: where more of them wait than a queue may run at a time, several share one transaction. Their rows
//! are locked by one statement and marked as done by another, and one commit serves all of them.
//!
//! Invariant: as for a job that runs alone, its effect and its outcome are committed together. Races, and what each costs:
//! - one of them fails or takes too long, or the commit fails: everything is rolled back, and each runs alone in a place of its
//!   own, as if it had never been with others;
//! - the process dies: PostgreSQL rolls back. A job that was interrupted runs alone from then on, so that a job which kills
//!   its process is found, and takes others with it once;
//! - one of them is done, or locked by another run: it is left out.

use super::{Ended, Outcome, RunInfo, begin_trace, claim, end_trace, guard, log, run_one};
use crate::{
    JobContext,
    jobs::{self, JobError},
};
use ::jobs::{
    JobId,
    ledger::{ANSWER_LIMIT, Locked, TOGETHER_LIMIT},
    store,
};
use actions::job_list::Job;
use futures_util::future::join_all;
use platform::{db, error_chain::Chain, trace::Span, work::UnitOfWork};
use std::{
    collections::{HashSet, VecDeque},
    sync::{Mutex, PoisonError},
    time::Instant,
};
use tokio::sync::{Semaphore, oneshot};

/// The most jobs that share a transaction: enough that the cost of the commit hardly counts, and few enough that none waits
/// long for the others.
pub(crate) const MOST: usize = 16;

/// Gathers the jobs of one queue that wait for a place to run.
pub struct Gatherer {
    cx: JobContext,
    places: Semaphore,
    waiting: Mutex<VecDeque<Waiting>>,
}

/// A job that waits. When `_over` is dropped, it has run.
struct Waiting {
    id: JobId,
    _over: oneshot::Sender<()>,
}

impl Gatherer {
    /// For a queue that may run so many transactions at a time.
    #[must_use]
    pub fn new(cx: JobContext, at_a_time: usize) -> Self {
        Self {
            cx,
            places: Semaphore::new(at_a_time),
            waiting: Mutex::default(),
        }
    }

    /// Runs a job: at once if a place is free, otherwise as soon as one is, together with others that wait.
    pub async fn run(&self, id: JobId) {
        let (sender, mut over) = oneshot::channel();
        self.waiting().push_back(Waiting { id, _over: sender });
        loop {
            let place = tokio::select! {
                biased;
                _ = &mut over => return,
                place = self.places.acquire() => place,
            };
            let taken = self.take();
            if taken.is_empty() {
                // Another task has taken the job.
                drop(place);
                let _ = over.await;
                return;
            }
            let alone = self.run_group(taken).await;
            drop(place);
            join_all(alone.into_iter().map(|one| self.run_alone(one))).await;
        }
    }

    /// Runs jobs together, and returns those that have to run alone.
    async fn run_group(&self, mut taken: Vec<Waiting>) -> Vec<Waiting> {
        if let [one] = taken.as_slice() {
            run_one(&self.cx, one.id).await;
            return Vec::new();
        }
        let ids: Vec<_> = taken.iter().map(|one| one.id).collect();
        let done = run_together(&self.cx, &ids).await;
        taken.retain(|one| !done.contains(&one.id));
        taken
    }

    /// Runs a job in a place of its own: it may be the one that takes long, and the others do not wait for it.
    async fn run_alone(&self, one: Waiting) {
        let _place = self.places.acquire().await;
        run_one(&self.cx, one.id).await;
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let count = waiting.len().min(MOST);
        waiting.drain(..count).collect()
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs those of the jobs that can share a transaction, and returns those that are done.
pub async fn run_together(cx: &JobContext, ids: &[JobId]) -> HashSet<JobId> {
    let started = Instant::now();
    match attempt(cx, ids).await {
        Ok(runs) => {
            let done: HashSet<_> = runs.iter().map(|run| run.info.id).collect();
            for run in runs {
                run.end(cx, started, done.len());
            }
            done
        }
        Err(error) => {
            tracing::debug!(error = %Chain(&error), "jobs could not run together; each runs alone");
            HashSet::new()
        }
    }
}

/// A job that runs with others.
struct Run {
    job: Job,
    locked: Locked,
    info: RunInfo,
    traced: Span,
}

impl Run {
    /// # Errors
    /// The payload cannot be read.
    fn begin(cx: &JobContext, locked: Locked) -> Result<Self, serde_json::Error> {
        let job: Job = serde_json::from_value(locked.payload.clone())?;
        Ok(Self {
            info: RunInfo {
                id: locked.id,
                name: job.name(),
                attempt: locked.attempt + 1,
            },
            traced: begin_trace(cx, &job, &locked),
            job,
            locked,
        })
    }

    /// Tells that it is done, as one of so many that ran together: each took its share of the time.
    fn end(self, cx: &JobContext, started: Instant, together: usize) {
        let spec = self.job.spec();
        let share = started.elapsed() / u32::try_from(together).unwrap_or(1);
        let (metrics, now) = (&cx.cx.metrics, cx.cx.clock.now());
        let due_for = (now - self.locked.run_at).to_std().unwrap_or_default();
        metrics.waited(spec.queue, due_for.saturating_sub(started.elapsed()));
        metrics.job(self.info.name, Outcome::Done.as_str(), share);
        let ended = Ended {
            trace: self.traced.trace(),
            ticket: spec.ticket,
            ..Ended::well(Outcome::Done)
        };
        end_trace(self.traced, self.info, spec.queue, Outcome::Done);
        log(&ended, self.info, started);
    }
}

/// Runs those of the jobs that can share a transaction, commits, and returns them. After an error nothing was committed,
/// unless the response to the commit was lost.
async fn attempt(cx: &JobContext, ids: &[JobId]) -> Result<Vec<Run>, JobError> {
    let _slots = cx.slots.take(1).await.map_err(JobError::retry)?;
    let locking = async {
        let mut work = cx.begin().await?;
        let now = work.now();
        let locked = store::lock_fresh(&mut work.tx, ids, &jobs::RUN_TOGETHER, now).await?;
        Ok::<_, sqlx::Error>((work, locked))
    };
    let (mut work, locked) = db::within(ANSWER_LIMIT, locking).await?;
    // One alone gains nothing. An open circuit concerns the whole queue.
    if locked.len() < 2 || locked.iter().any(|one| one.is_blocked) {
        claim::roll_back(work).await;
        return Ok(Vec::new());
    }
    match run(cx, &mut work, locked).await {
        Ok(runs) => {
            let ids: Vec<_> = runs.iter().map(|run| run.info.id).collect();
            let now = cx.cx.clock.now();
            let finishing = async {
                store::finish_all(&mut work.tx, &ids, now).await?;
                work.commit().await
            };
            db::within(ANSWER_LIMIT, finishing).await?;
            Ok(runs)
        }
        Err(error) => {
            claim::roll_back(work).await;
            Err(error)
        }
    }
}

async fn run(
    cx: &JobContext,
    work: &mut UnitOfWork<'_>,
    locked: Vec<Locked>,
) -> Result<Vec<Run>, JobError> {
    let mut runs = Vec::new();
    for one in locked {
        runs.push(Run::begin(cx, one).map_err(JobError::retry)?);
    }
    let jobs: Vec<_> = runs
        .iter()
        .map(|run| (run.job.clone(), run.traced.trace()))
        .collect();
    guard::run(TOGETHER_LIMIT, jobs::run_together(work, &jobs)).await?;
    Ok(runs)
}
