//! The command line.

use crate::{
    admin::{self, NewAdmin},
    demonstration,
    doctor::{self, Doctor},
    health::{self, Asked},
    jobs,
    notify::{self, Notify},
    reset::{self, Reset},
    runtime::in_runtime,
    schema,
    serve::{self, Part},
    settings::{self, Printed},
    sms, stats,
};
use anyhow::Result;
use clap::{Parser, Subcommand};
use demo::Extent;
use platform::config;

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
    /// Enqueue the periodic jobs when they are due; any number may run
    Scheduler,
    /// Bring the schema of the database up to date
    Migrate,
    /// Show the system in the middle of a working day, with people and with the tickets of five weeks
    ///
    /// Everything is done by the actions that requests use and the jobs that follow from them, under a
    /// clock that is moved up to the present. Filling takes about a minute.
    ///
    /// With neither `DATABASE_URL` nor `REDIS_URL` set, the demo has its own servers in `DATA_DIR/demo`, fills
    /// them once, and then runs the system on them: at port 5050 unless `PORT` is set, also beside
    /// `support`. The next `support demo` runs it again; `support reset --demo` removes it.
    ///
    /// With both set, it fills that installation, which must be empty and not running, and ends.
    ///
    /// No mail and no text message is sent, whatever `SMTP_URL` and `SMS_PROVIDER` say: all are files in `mail` and
    /// `sms` of `DATA_DIR/demo`, or `mail-demo` and `sms-demo` of `DATA_DIR`. The people are invented: their addresses end in `example.com`, and they share a
    /// password that is printed and kept in a file.
    Demo(Extent),
    /// Remove the data of first use: `DATA_DIR`, with the demo in it
    ///
    /// Databases, mails, uploads and secrets. It asks first, and refuses while a system runs on them.
    Reset(Reset),
    /// Check that a process of this machine is ready; exit 0 if so, else 1
    ///
    /// Ready means that the database is reachable and has all migrations. Redis does not count: every process
    /// works without it, and a restart would not bring it back.
    Health {
        /// Which: the API at `PORT`, or another at `OPERATION_PORT`. Without: the first of the two that is
        /// there
        #[arg(value_enum)]
        process: Option<Asked>,
    },
    /// Check everything that the system needs: what is wrong, and what to do
    ///
    /// PostgreSQL, Redis, the mail server (no mail is sent), the store of uploads, the clock, who can read the
    /// secrets, unsafe settings, and who is at work. Exit 1 if anything is wrong; warnings do not count.
    Doctor(Doctor),
    /// Try how people are notified
    #[command(subcommand)]
    Notify(Notify),
    /// Print the configuration as it is in force, secrets masked
    Config(Printed),
    /// Look at jobs and queues; retry or discard jobs
    Jobs(jobs::Asked),
    /// Admins
    #[command(subcommand)]
    Admin(Admin),
    /// Text messages
    #[command(subcommand)]
    Sms(Sms),
    /// Check the statistics against the tickets, or compute them anew
    Stats(stats::Asked),
}

#[derive(Debug, Subcommand)]
enum Sms {
    /// Print the address for delivery reports, to be entered at the provider. It is a secret
    Reports,
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Create an admin
    Create(NewAdmin),
}

impl Cli {
    pub(crate) fn run(self) -> Result<()> {
        match self.command {
            None => in_runtime(|startup| serve::run(Part::All, startup)),
            Some(Command::Api) => in_runtime(|startup| serve::run(Part::Api, startup)),
            Some(Command::Worker) => in_runtime(|startup| serve::run(Part::Worker, startup)),
            Some(Command::Scheduler) => in_runtime(|startup| serve::run(Part::Scheduler, startup)),
            Some(Command::Migrate) => in_runtime(schema::migrate),
            Some(Command::Admin(Admin::Create(new))) => {
                in_runtime(|startup| admin::create(new, startup))
            }
            Some(Command::Sms(Sms::Reports)) => in_runtime(async |startup| sms::reports(&startup)),
            Some(Command::Jobs(asked)) => in_runtime(|startup| jobs::run(asked, startup)),
            Some(Command::Stats(asked)) => in_runtime(|startup| stats::run(asked, startup)),
            Some(Command::Demo(extent)) => demonstration::run(&extent),
            Some(Command::Reset(what)) => reset::run(&what),
            Some(Command::Health { process }) => health::ask(&settings::load()?, process),
            Some(Command::Doctor(asked)) => in_runtime(|startup| doctor::run(asked, startup)),
            Some(Command::Notify(what)) => in_runtime(|startup| notify::run(what, startup)),
            Some(Command::Config(how)) => settings::print(&settings::load()?, how),
        }
    }
}

fn after_long_help() -> String {
    format!(
        "\
Examples:
  support                       everything in one process, with private servers
  support demo                  the same with five weeks of invented tickets, to look around in
  support reset                 removes the data of both
  support migrate               the first step of a deployment
  support api                   then any number of each, with DATABASE_URL and REDIS_URL set
  support worker
  support scheduler
  WORKER_QUEUES=email:16 support worker
  support doctor                what is wrong, and what to do
  support config --changed      what differs from the defaults, and where it comes from
  support notify test --channel email --to ann@example.com
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
