//! `support jobs`: lists, shows, retries and discards jobs, pauses and resumes queues. The same as
//! `/admin/jobs`, for an operator with a shell. With `--json` jobs and queues look as they do there.

mod decide;
mod list;
mod queues;

use crate::{
    schema::{self, Schema},
    settings::Startup,
};
use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use decide::Decision;
use domain::{field_error::UnknownWord, queue::Queue};
use jobs::{State, operate::PauseState};

/// The arguments of `support jobs`.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    #[command(subcommand)]
    what: Jobs,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Jobs {
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
struct Which {
    /// In these states: ready, sent, running, done, dead, cancelled
    #[arg(long, value_delimiter = ',', default_value = "dead", value_parser = state)]
    state: Vec<State>,
    /// Of this queue
    #[arg(long, value_parser = queue)]
    queue: Option<Queue>,
    /// With this name, such as `deliver_email`
    #[arg(long)]
    name: Option<String>,
}

/// Jobs by number.
#[derive(Debug, Args)]
struct Named {
    /// Their numbers
    #[arg(required = true, value_name = "ID")]
    ids: Vec<i64>,
}

/// Jobs by number, or all dead letters.
#[derive(Debug, Args)]
struct Chosen {
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
pub(crate) async fn run(asked: Asked, startup: Startup) -> Result<()> {
    let (cx, _) = schema::open(startup, Schema::Await).await?;
    let form = if asked.json { Form::Json } else { Form::Text };
    match asked.what {
        Jobs::List { which, limit } => list::list(&cx, which, limit, form).await,
        Jobs::Show(named) => list::show(&cx, &named.ids, form).await,
        Jobs::Retry(chosen) => decide::each(&cx, chosen, Decision::Retry, form).await,
        Jobs::Discard(chosen) => decide::each(&cx, chosen, Decision::Discard, form).await,
        Jobs::Stats => queues::stats(&cx, form).await,
        Jobs::Pause { queue } => queues::set(&cx, queue, PauseState::Paused, form).await,
        Jobs::Resume { queue } => queues::set(&cx, queue, PauseState::Running, form).await,
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
