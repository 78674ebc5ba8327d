//! `support jobs`: lists, shows, retries and discards jobs, pauses and resumes queues. The same as
//! `/admin/jobs`, for an operator with a shell.

use crate::{
    schema::{self, Schema, explained},
    settings::Startup,
};
use actions::{error::ActionError, job_commands};
use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::{Args, Subcommand};
use domain::{actor::Initiator, field_error::UnknownWord, queue::Queue};
use jobs::{
    JobId, State,
    operate::{self, Filter, JobRecord, PauseState},
};
use platform::context::Context;
use std::io::{self, Write};

#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// List jobs, the newest first: the dead letters, or those in the states named
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
    },
    /// Show jobs with everything that is known of them
    Show(Named),
    /// Run jobs again, now: dead letters with all of their attempts
    Retry(Chosen),
    /// Cancel jobs: they never run
    Discard(Chosen),
    /// Show the state of the queues
    Stats,
    /// Pause a queue: its jobs wait
    Pause {
        /// The queue
        #[arg(value_parser = queue)]
        queue: Queue,
    },
    /// Resume a queue
    Resume {
        /// The queue
        #[arg(value_parser = queue)]
        queue: Queue,
    },
}

/// Jobs by state and queue.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// In these states: ready, sent, running, done, dead, cancelled
    #[arg(long, value_delimiter = ',', default_value = "dead", value_parser = state)]
    state: Vec<State>,
    /// Of this queue
    #[arg(long, value_parser = queue)]
    queue: Option<Queue>,
}

/// Jobs by number.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Their numbers
    #[arg(required = true, value_name = "ID")]
    ids: Vec<i64>,
}

/// Jobs by number, or all dead letters.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    /// Their numbers
    #[arg(value_name = "ID", required_unless_present = "all_dead")]
    ids: Vec<i64>,
    /// All dead letters
    #[arg(long, conflicts_with = "ids")]
    all_dead: bool,
    /// Of the dead letters, those of this queue
    #[arg(long, requires = "all_dead", value_parser = queue)]
    queue: Option<Queue>,
}

fn queue(word: &str) -> Result<Queue, UnknownWord> {
    word.parse()
}

fn state(word: &str) -> Result<State, UnknownWord> {
    word.parse()
}

/// Runs the command.
///
/// # Errors
///
/// The database is not available, a job does not exist, or at least one decision was refused.
pub(crate) async fn run(what: Jobs, startup: Startup) -> Result<()> {
    let (cx, _) = schema::open(startup, Schema::Await).await?;
    match what {
        Jobs::List { which, limit } => list(&cx, which, limit).await,
        Jobs::Show(named) => show(&cx, &named.ids).await,
        Jobs::Retry(chosen) => each(&cx, chosen, Decision::Retry).await,
        Jobs::Discard(chosen) => each(&cx, chosen, Decision::Discard).await,
        Jobs::Stats => stats(&cx).await,
        Jobs::Pause { queue } => set(&cx, queue, PauseState::Paused).await,
        Jobs::Resume { queue } => set(&cx, queue, PauseState::Running).await,
    }
}

async fn list(cx: &Context, which: Which, limit: i64) -> Result<()> {
    let filter = Filter {
        states: which.state,
        queue: which.queue,
    };
    let page = operate::page(&cx.pool, &filter, None, limit).await?;
    let mut out = io::stdout().lock();
    for job in &page.jobs {
        let error = job.last_error.as_deref().unwrap_or("");
        writeln!(
            out,
            "{:>10}  {:<10} {:<10} {:<22} {:>2}/{:<2}  {}  {}",
            job.id,
            job.state.as_str(),
            job.queue.as_str(),
            job.name(),
            job.attempt,
            job.max_attempts,
            time(job.finished_at.unwrap_or(job.run_at)),
            error.lines().next().unwrap_or(""),
        )?;
    }
    let more = if page.total_is_exact {
        ""
    } else {
        "more than "
    };
    writeln!(out, "{} of {more}{}", page.jobs.len(), page.total)?;
    Ok(())
}

async fn show(cx: &Context, ids: &[i64]) -> Result<()> {
    for id in ids {
        let found = operate::find(&cx.pool, JobId(*id)).await?;
        let job = found.with_context(|| format!("there is no job {id}"))?;
        tell(&job)?;
    }
    Ok(())
}

fn tell(job: &JobRecord) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "job       {}", job.id)?;
    writeln!(out, "name      {}", job.name())?;
    writeln!(out, "queue     {}, priority {}", job.queue, job.priority)?;
    writeln!(out, "state     {}", job.state)?;
    writeln!(out, "payload   {}", job.payload)?;
    writeln!(out, "attempts  {} of {}", job.attempt, job.max_attempts)?;
    writeln!(out, "enqueued  {}", time(job.created_at))?;
    writeln!(out, "run at    {}", time(job.run_at))?;
    writeln!(
        out,
        "sent      {} times since its last outcome; {} runs in a row came to none",
        job.dispatches, job.interruptions,
    )?;
    if let Some(until) = job.lease_until {
        writeln!(out, "lease     until {}", time(until))?;
    }
    if let Some(trace) = &job.traceparent {
        writeln!(out, "trace     {trace}")?;
    }
    if let Some(finished) = job.finished_at {
        writeln!(out, "over      {}", time(finished))?;
    }
    if let Some(error) = &job.last_error {
        writeln!(out, "error     {error}")?;
    }
    writeln!(out)
}

#[derive(Clone, Copy)]
enum Decision {
    Retry,
    Discard,
}

/// Decides about each job in a transaction of its own, and continues after a refusal.
async fn each(cx: &Context, chosen: Chosen, decision: Decision) -> Result<()> {
    let ids = if chosen.all_dead {
        all_dead(cx, chosen.queue).await?
    } else {
        chosen.ids.into_iter().map(JobId).collect()
    };
    let mut out = io::stdout().lock();
    let mut refused = 0_usize;
    for id in &ids {
        match decide(cx, *id, decision).await {
            Ok(job) => writeln!(out, "{id}: {}", job.state)?,
            Err(why) => {
                refused = refused.saturating_add(1);
                writeln!(out, "{id}: {:#}", explained(why))?;
            }
        }
    }
    if refused > 0 {
        bail!("{refused} of {} jobs were left as they are", ids.len());
    }
    writeln!(out, "{} jobs", ids.len())?;
    Ok(())
}

async fn decide(cx: &Context, id: JobId, decision: Decision) -> Result<JobRecord, ActionError> {
    let mut work = cx.begin(Initiator::System).await?;
    let job = match decision {
        Decision::Retry => job_commands::retry(&mut work, id).await?,
        Decision::Discard => job_commands::discard(&mut work, id).await?,
    };
    work.commit().await?;
    Ok(job)
}

async fn all_dead(cx: &Context, queue: Option<Queue>) -> Result<Vec<JobId>> {
    let filter = Filter {
        states: vec![State::Dead],
        queue,
    };
    let (mut ids, mut before) = (Vec::new(), None);
    loop {
        let page = operate::page(&cx.pool, &filter, before, 1_000).await?;
        ids.extend(page.jobs.iter().map(|job| job.id));
        before = page.next;
        if before.is_none() {
            return Ok(ids);
        }
    }
}

async fn stats(cx: &Context) -> Result<()> {
    let now = cx.clock.now();
    let mut out = io::stdout().lock();
    writeln!(out, "queue        ready    sent running    dead  oldest")?;
    let mut db = cx.pool.acquire().await?;
    for queue in operate::queues(&mut db, now).await? {
        let age = queue.oldest_due.map_or(TimeDelta::zero(), |due| now - due);
        writeln!(
            out,
            "{:<10} {:>7} {:>7} {:>7} {:>7}  {:>5} s{}",
            queue.queue.as_str(),
            queue.ready,
            queue.sent,
            queue.running,
            queue.dead,
            age.num_seconds().max(0),
            if queue.paused { "  paused" } else { "" },
        )?;
        if let Some(held) = &queue.circuit {
            writeln!(
                out,
                "           held until {}: {} (time {})",
                time(held.until),
                held.because,
                held.times,
            )?;
        }
    }
    Ok(())
}

async fn set(cx: &Context, queue: Queue, state: PauseState) -> Result<()> {
    let mut work = cx.begin(Initiator::System).await?;
    operate::pause(&mut work.tx, queue, state)
        .await
        .map_err(|error| explained(error.into()))?;
    work.commit().await?;
    stats(cx).await
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
