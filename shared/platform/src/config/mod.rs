//! The configuration: read from three layers, checked whole, and from then on beyond doubt.
//! `config.default.toml` is the reference, and what `--help` shows.

mod attachments;
mod auth;
mod http;
mod placeholders;
mod purpose;
mod reader;
mod settings;
mod traces;
mod watching;

pub use attachments::{Attachments, FilesPlace, S3};
pub use auth::{Auth, BootstrapAdmin, ExternalIssuer, StaffRegistration, StaffRoles};
pub use http::{Http, RateLimits};
pub use purpose::Purpose;
pub use settings::{ConfigError, Settings};
pub use traces::{Collector, Traces};
pub use watching::{Place, Watching};

use chrono::TimeDelta;
use domain::{
    assignment::{Strategy, WorkloadRule},
    queue::Queue,
    text_enum,
};
use reader::Reader;
use secrecy::SecretString;
use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

/// There is no setting for it: only tests, whose machine has much else to do, wait for longer.
const REDIS_PATIENCE: Duration = Duration::from_millis(100);

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../../../config.default.toml");

/// Everything that can be set.
#[derive(Debug)]
pub struct Config {
    /// PostgreSQL.
    pub database: Database,
    /// Redis.
    pub redis: Redis,
    /// The folder for what is kept in files.
    pub data_dir: PathBuf,
    /// The API.
    pub http: Http,
    /// Tokens and registration.
    pub auth: Auth,
    /// The rules of tickets.
    pub tickets: Tickets,
    /// Uploads.
    pub attachments: Attachments,
    /// E-mail.
    pub mail: Mail,
    /// Workers and scheduler.
    pub jobs: Jobs,
    /// The log.
    pub log: Log,
    /// How the system is watched.
    pub watching: Watching,
    /// Traces.
    pub traces: Traces,
    /// How long running work may take to finish at a stop.
    pub shutdown: Duration,
}

/// PostgreSQL.
#[derive(Debug)]
pub struct Database {
    /// `postgres://…`; secret, as it may hold a password.
    pub url: SecretString,
    /// Connections at most.
    pub max_connections: u32,
    /// How long a statement that serves a request may take.
    pub statement_limit: Duration,
    /// What the connections are for.
    pub purpose: Purpose,
}

/// Redis.
#[derive(Debug)]
pub struct Redis {
    /// `redis://…`; secret, as it may hold a password.
    pub url: SecretString,
    /// What all keys begin with.
    pub prefix: String,
    /// How long a request waits for what it can do without.
    pub patience: Duration,
}

/// The rules of tickets.
#[derive(Debug)]
pub struct Tickets {
    /// How agents are chosen.
    pub strategy: Strategy,
    /// What counts against an agent's limit.
    pub load: WorkloadRule,
    /// How long an agent is offline until the tickets are put back; never, when absent.
    pub reassign_when_offline: Option<TimeDelta>,
    /// How much of a clock is used when a warning is given, 1 to 99.
    pub at_risk_percent: i16,
    /// Whether a breach escalates.
    pub escalate_on_breach: AutoEscalate,
    /// How long after closing a customer may reopen.
    pub reopen_window: TimeDelta,
    /// How long after resolving a ticket is closed.
    pub auto_close_after: TimeDelta,
    /// How long a question may wait before the customer is reminded.
    pub remind_after: TimeDelta,
    /// How long a question may wait before the ticket is resolved.
    pub resolve_waiting_after: TimeDelta,
}

/// Whether a breach escalates the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoEscalate {
    /// It does.
    OnBreach,
    /// Only people do.
    Never,
}

/// E-mail.
#[derive(Debug)]
pub struct Mail {
    /// How mails leave.
    pub transport: MailTransport,
    /// The sender, `Name <address>`.
    pub from: String,
    /// How many mails may be sent in a minute, by all workers together; `None`: as many as there are.
    pub per_minute: Option<NonZeroU32>,
}

/// How mails leave.
#[derive(Debug)]
pub enum MailTransport {
    /// Through a server: the URL is secret, as it may hold a password.
    Smtp(SecretString),
    /// Into a folder, as `.eml` files.
    Files(PathBuf),
}

/// Workers and scheduler.
#[derive(Debug)]
pub struct Jobs {
    /// Queues served, with the number of jobs of each at a time.
    pub queues: Vec<(Queue, usize)>,
    /// When a job that was handed out counts as lost.
    pub lease: Duration,
    /// How long finished jobs are kept.
    pub keep_done: TimeDelta,
    /// Seconds between two sweeps for waiting tickets.
    pub assign_sweep: Duration,
    /// Seconds between two sweeps for deadlines.
    pub sla_sweep: Duration,
    /// Cron expression with seconds, UTC.
    pub auto_close: String,
    /// Cron expression with seconds, UTC.
    pub stats: String,
    /// Cron expression with seconds, UTC.
    pub prune: String,
}

text_enum! {
    /// The form of the log.
    pub enum LogFormat {
        /// One JSON object a line.
        Json = "json",
        /// For people.
        Text = "text",
    }
}

/// The log.
#[derive(Debug)]
pub struct Log {
    /// Directives of `tracing`.
    pub filter: String,
    /// Its form.
    pub format: LogFormat,
}

impl Config {
    /// Reads and checks the whole.
    ///
    /// # Errors
    /// Every problem, in one message.
    pub fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let (config, problems) = Self::gather(settings);
        ConfigError::unless_none(problems).map(|()| config)
    }

    /// Reads the whole, with every problem. What is at fault is replaced by something of its type: it is
    /// for whoever looks for more problems, and nobody may work by it unless there are none.
    #[must_use]
    pub fn gather(settings: &Settings) -> (Self, Vec<String>) {
        let mut read = Reader::new(settings);
        let data_dir = PathBuf::from(read.needed("DATA_DIR"));
        let config = Self {
            database: Database {
                url: read.url("DATABASE_URL", &["postgres", "postgresql"]).into(),
                max_connections: read.number("DATABASE_CONNECTIONS", 2..=1_000),
                statement_limit: read.seconds("DATABASE_STATEMENT_SECONDS", 1..=29),
                purpose: Purpose::System,
            },
            redis: Redis {
                url: read
                    .url("REDIS_URL", &["redis", "rediss", "redis+unix", "unix"])
                    .into(),
                prefix: read.needed("REDIS_PREFIX"),
                patience: REDIS_PATIENCE,
            },
            http: http::read(&mut read),
            auth: auth::read(&mut read),
            tickets: tickets(&mut read),
            attachments: attachments::read(&mut read, &data_dir),
            mail: mail(&mut read, &data_dir),
            jobs: jobs(&mut read),
            log: Log {
                filter: read.needed("LOG"),
                format: read.word("LOG_FORMAT", LogFormat::Json),
            },
            watching: watching::read(&mut read),
            traces: traces::read(&mut read),
            shutdown: read.seconds("SHUTDOWN_SECONDS", 0..=3_600),
            data_dir,
        };
        let mut faults = read.faults();
        // A setting with another fault has been complained of.
        let told = |problem: &String| {
            let name = problem.split(' ').next();
            faults
                .iter()
                .any(|field_error| field_error.split(' ').next() == name)
        };
        let mut left = placeholders::problems(settings);
        left.retain(|problem| !told(problem));
        faults.extend(left);
        (config, faults)
    }
}

fn tickets(read: &mut Reader) -> Tickets {
    let remind_after = read.days("WAITING_REMINDER_DAYS");
    let resolve_waiting_after = read.days("WAITING_RESOLVE_DAYS");
    // Zero is what a fault leaves.
    if resolve_waiting_after < remind_after && !resolve_waiting_after.is_zero() {
        read.field_error(
            "WAITING_RESOLVE_DAYS",
            "must not be less than WAITING_REMINDER_DAYS",
        );
    }
    Tickets {
        strategy: read.word("ASSIGNMENT_STRATEGY", Strategy::Skills),
        load: if read.flag("ASSIGNMENT_COUNTS_WAITING") {
            WorkloadRule::All
        } else {
            WorkloadRule::WithoutWaiting
        },
        reassign_when_offline: match read.number("REASSIGN_WHEN_OFFLINE_MINUTES", 0..=100_000) {
            0 => None,
            minutes => Some(TimeDelta::minutes(minutes)),
        },
        at_risk_percent: read.number("SLA_AT_RISK_PERCENT", 1..=99),
        escalate_on_breach: if read.flag("AUTO_ESCALATE_ON_BREACH") {
            AutoEscalate::OnBreach
        } else {
            AutoEscalate::Never
        },
        reopen_window: read.days("REOPEN_WINDOW_DAYS"),
        auto_close_after: read.days("AUTO_CLOSE_DAYS"),
        remind_after,
        resolve_waiting_after,
    }
}

fn mail(read: &mut Reader, data_dir: &Path) -> Mail {
    let transport = match read.text("SMTP_URL") {
        "" => MailTransport::Files(data_dir.join("mail")),
        _ => MailTransport::Smtp(read.url("SMTP_URL", &["smtp", "smtps"]).into()),
    };
    Mail {
        transport,
        from: read.needed("MAIL_FROM"),
        per_minute: NonZeroU32::new(read.number("EMAIL_PER_MINUTE", 0..=1_000_000)),
    }
}

fn jobs(read: &mut Reader) -> Jobs {
    Jobs {
        queues: queues(read),
        lease: read.seconds("JOB_LEASE_SECONDS", 1..=3_600),
        keep_done: read.days("KEEP_DONE_JOBS_DAYS"),
        assign_sweep: read.seconds("ASSIGN_SWEEP_SECONDS", 1..=3_600),
        sla_sweep: read.seconds("SLA_SWEEP_SECONDS", 1..=3_600),
        auto_close: read.needed("SCHEDULE_AUTO_CLOSE"),
        stats: read.needed("SCHEDULE_STATS"),
        prune: read.needed("SCHEDULE_PRUNE"),
    }
}

/// `assignment:4,email:8`.
fn queues(read: &mut Reader) -> Vec<(Queue, usize)> {
    let mut queues: Vec<(Queue, usize)> = Vec::new();
    for part in read.parts("WORKER_QUEUES") {
        let parsed = part.split_once(':').and_then(|(queue, workers)| {
            Some((
                queue.parse::<Queue>().ok()?,
                workers.parse().ok().filter(|n| (1..=256).contains(n))?,
            ))
        });
        match parsed {
            Some((queue, _)) if queues.iter().any(|(other, _)| *other == queue) => {
                read.field_error("WORKER_QUEUES", format!("names the queue {queue} twice"));
            }
            Some(entry) => queues.push(entry),
            None => read.field_error(
                "WORKER_QUEUES",
                format!("has `{part}`, which is not queue:number with a number of 1 to 256 and one of the queues {}", Queue::words()),
            ),
        }
    }
    queues
}
