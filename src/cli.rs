//! The command line.

use crate::{
    addresses,
    admin::{self, NewAdmin},
    development::secret,
    health::{self, Asked},
    jobs::{self, Jobs},
    schema::{self, Schema},
    serve::{self, Part},
    settings::{self, Ground},
};
use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use demo::Extent;
use platform::{
    config::{self, Config},
    id_source::IdSource,
    telemetry,
};
use std::{future::Future, thread::available_parallelism};

/// Threads for what blocks: password hashes and files. Each costs memory.
const BLOCKING_THREADS: usize = 16;

/// The BaiTech customer support system
///
/// Without a command all roles run in one process. With neither `DATABASE_URL` nor `REDIS_URL` set,
/// it starts a private PostgreSQL and Redis in `DATA_DIR`, and stops them afterwards.
#[derive(Debug, Parser)]
#[command(name = "support", version, after_long_help = after_long_help())]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the HTTP API
    Api,
    /// Run jobs: assignment, sweeps, notifications (`WORKER_QUEUES` says which)
    Worker,
    /// Say when the periodic jobs are due; any number may run
    Scheduler,
    /// Bring the schema of the database up to date
    Migrate,
    /// Fill an empty installation with people and with the tickets of five weeks
    ///
    /// Everything is done by the actions that requests use and the jobs that follow from them,
    /// under a clock that is moved up to the present. The system must not be running meanwhile.
    /// No mail is sent, whatever `SMTP_URL` says: all are written to `DATA_DIR/mail-demo`. The people
    /// are made up: their addresses end in `example.com`, and they share a password that is printed.
    Demo(Extent),
    /// Ask a process of this machine whether it has what it needs; exit 0 if so, else 1
    ///
    /// What it needs are the database and its migrations: every process goes on without Redis, and being
    /// started anew would not bring it back.
    Health {
        /// Which: the API at `PORT`, or another at `OPERATION_PORT`. Without: the first of the two that is
        /// there
        #[arg(value_enum)]
        process: Option<Asked>,
    },
    /// Print the configuration as it is in force, secrets masked
    Config,
    /// Jobs: what waits, what was given up, and what to do about it
    #[command(subcommand)]
    Jobs(Jobs),
    /// Admins
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Create an admin
    Create(NewAdmin),
}

impl Cli {
    pub(crate) fn run(self) -> Result<()> {
        match self.command {
            None => in_runtime(|ground| serve::run(Part::All, ground)),
            Some(Command::Api) => in_runtime(|ground| serve::run(Part::Api, ground)),
            Some(Command::Worker) => in_runtime(|ground| serve::run(Part::Worker, ground)),
            Some(Command::Scheduler) => in_runtime(|ground| serve::run(Part::Scheduler, ground)),
            Some(Command::Migrate) => in_runtime(schema::migrate),
            Some(Command::Admin(Admin::Create(new))) => {
                in_runtime(|ground| admin::create(new, ground))
            }
            Some(Command::Jobs(what)) => in_runtime(|ground| jobs::run(what, ground)),
            Some(Command::Demo(extent)) => prepared(demo::prepare, |ground| fill(extent, ground)),
            Some(Command::Health { process }) => health::ask(&settings::load()?, process),
            Some(Command::Config) => settings::print(&settings::load()?),
        }
    }
}

/// Fills the installation with the demo's people and tickets.
async fn fill(extent: Extent, ground: Ground) -> Result<()> {
    let (cx, _) = schema::open(ground, Schema::Apply).await?;
    demo::run(extent, cx, &secret(&IdSource::random())).await
}

/// Lays the ground and runs `command` on it.
fn in_runtime<F: Future<Output = Result<()>>>(command: impl FnOnce(Ground) -> F) -> Result<()> {
    prepared(|_| {}, command)
}

/// The same, with a last word on the configuration. The private servers, if any, outlive the runtime.
fn prepared<F: Future<Output = Result<()>>>(
    prepare: impl FnOnce(&mut Config),
    command: impl FnOnce(Ground) -> F,
) -> Result<()> {
    let (mut ground, servers) = settings::lay_ground()?;
    prepare(&mut ground.config);
    telemetry::init(&ground.config.log)?;
    addresses::warn(&ground.config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(available_parallelism().map_or(1, usize::from))
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let end = runtime.block_on(command(ground));
    // what is still at work was abandoned at the limit, or by a second signal
    runtime.shutdown_background();
    drop(servers);
    end
}

fn after_long_help() -> String {
    format!(
        "\
Examples:
  support                       everything in one process, with private servers
  support demo                  five weeks of made-up tickets, to look around in
  support migrate               the first step of a deployment
  support api                   then any number of each, with DATABASE_URL and REDIS_URL set
  support worker
  support scheduler
  WORKER_QUEUES=email:16 support worker
  support jobs list
  support admin create --email ann@example.com --first-name Ann --last-name Otieno \\
      --phone +254712345678

SIGTERM or SIGINT stops it when running work has finished, a second one at once. Exit codes: 0 it
was told to stop, 1 it failed, 2 the configuration is wrong.

Configuration: each of these settings is taken from the environment, else from the file that
SUPPORT_CONFIG names, else from here:

{}",
        config::DEFAULTS
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_long_help_has_every_setting() {
        let help = Cli::command().render_long_help().to_string();
        for line in config::DEFAULTS.lines() {
            assert!(help.contains(line.trim_end()), "{line}");
        }
    }
}
