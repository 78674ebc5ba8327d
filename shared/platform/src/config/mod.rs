//! The configuration: read from three layers, checked as a whole, and valid from then on.
//! `config.default.toml` is the reference, and the text of `--help`.

mod attachments;
mod auth;
mod brand;
mod http;
mod mail;
mod outbound;
mod placeholders;
mod purpose;
mod push;
mod reader;
mod settings;
mod sms;
mod ticket_url;
mod traces;
mod watching;

pub use attachments::{Attachments, FilesPlace, S3};
pub use auth::{Auth, BootstrapAdmin, ExternalIssuer, StaffRegistration, StaffRoles};
pub use brand::{Brand, Color, Logo};
pub use http::{Http, RateLimits};
pub use mail::{BounceAddress, Dkim, Mail, MailTransport};
pub use purpose::Purpose;
pub use push::{Fcm, Push};
pub use settings::{Changed, ConfigError, Origin, Settings};
pub use sms::{AfricasTalking, ApiAddress, Sms, SmsTransport, Twilio, TwilioSender};
pub use ticket_url::TicketUrl;
pub use traces::{Collector, Traces};
pub use watching::{Place, Watching};

use crate::outbound::Allowed;
use chrono::TimeDelta;
use domain::{
    assignment::{Strategy, WorkloadRule},
    ids::TicketId,
    queue::Queue,
    text_enum,
};
use reader::Reader;
use secrecy::SecretString;
use std::{path::PathBuf, time::Duration};

/// How long a request waits for Redis. Not a setting: only tests, on a busy machine, wait longer.
const REDIS_PATIENCE: Duration = Duration::from_millis(100);

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../../../config.default.toml");

/// The whole configuration.
#[derive(Debug)]
pub struct Config {
    /// PostgreSQL.
    pub database: Database,
    /// Redis.
    pub redis: Redis,
    /// The folder for files.
    pub data_dir: PathBuf,
    /// The API.
    pub http: Http,
    /// Tokens and registration.
    pub auth: Auth,
    /// The rules of tickets.
    pub tickets: Tickets,
    /// Uploads.
    pub attachments: Attachments,
    /// The look of mails and pages.
    pub brand: Brand,
    /// E-mail.
    pub mail: Mail,
    /// Text messages.
    pub sms: Sms,
    /// Push messages.
    pub push: Push,
    /// What may be called beside public addresses, at addresses that users gave.
    pub outbound: Allowed,
    /// Workers and scheduler.
    pub jobs: Jobs,
    /// The log.
    pub log: Log,
    /// Monitoring.
    pub watching: Watching,
    /// Traces.
    pub traces: Traces,
    /// How long running work may take to finish at a stop: 0 to 3600 s.
    pub shutdown: Duration,
}

/// PostgreSQL.
#[derive(Debug)]
pub struct Database {
    /// `postgres://…`; secret, as it may hold a password.
    pub url: SecretString,
    /// The most connections of a process: 2 to 1000.
    pub max_connections: u32,
    /// The time limit of a statement of a request: 1 to 29 s.
    pub statement_limit: Duration,
    /// The use of the connections.
    pub purpose: Purpose,
}

/// Redis.
#[derive(Debug)]
pub struct Redis {
    /// `redis://…`; secret, as it may hold a password.
    pub url: SecretString,
    /// The prefix of all keys.
    pub prefix: String,
    /// How long a request waits for Redis. Not a setting: only tests, on a busy machine, wait
    /// longer.
    pub patience: Duration,
}

impl Redis {
    /// The channel of the signals that the event feed has grown.
    #[must_use]
    pub fn feed_channel(&self) -> String {
        format!("{}:feed", self.prefix)
    }

    /// The channel on which is told who types and who has a ticket open.
    #[must_use]
    pub fn watching_channel(&self) -> String {
        format!("{}:watching", self.prefix)
    }

    /// The key of the people who have a ticket open.
    #[must_use]
    pub fn watchers_key(&self, ticket: TicketId) -> String {
        format!("{}:watchers:{ticket}", self.prefix)
    }
}

/// The rules of tickets.
#[derive(Debug)]
pub struct Tickets {
    /// How agents are chosen.
    pub strategy: Strategy,
    /// Which tickets count against an agent's limit.
    pub load: WorkloadRule,
    /// How long an agent is offline until the tickets return to the queue: 1 to 100 000 minutes;
    /// `None`: never.
    pub reassign_when_offline: Option<TimeDelta>,
    /// How long all clients of an agent are gone until the agent counts as away: 1 to 1440
    /// minutes; `None`: for ever.
    pub away_after: Option<TimeDelta>,
    /// The warning threshold, in percent of a clock's target: 1 to 99.
    pub at_risk_percent: i16,
    /// Whether a breach escalates.
    pub escalate_on_breach: AutoEscalate,
    /// How long after closing a customer may reopen: 1 to 3650 days.
    pub reopen_window: TimeDelta,
    /// How long after the resolution a ticket is closed: 1 to 3650 days.
    pub auto_close_after: TimeDelta,
    /// How long a ticket waits for its customer until a reminder: 1 to 3650 days.
    pub remind_after: TimeDelta,
    /// How long a ticket waits for its customer until it is resolved: 1 to 3650 days, at least
    /// `remind_after`.
    pub resolve_waiting_after: TimeDelta,
}

/// Whether a breach escalates the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoEscalate {
    /// A breach escalates.
    OnBreach,
    /// Only people escalate.
    Never,
}

/// Workers and scheduler.
#[derive(Debug)]
pub struct Jobs {
    /// The queues served, with the number of jobs that run at a time for each: 1 to 256.
    pub queues: Vec<(Queue, usize)>,
    /// The lease of a dispatched job: 1 to 3600 s.
    pub lease: Duration,
    /// How long jobs that ended are kept: 1 to 3650 days.
    pub keep_done: TimeDelta,
    /// The interval of the sweep for unassigned tickets: 1 to 3600 s.
    pub assign_sweep: Duration,
    /// The time within which a deadline is recorded: 1 to 3600 s.
    pub sla_sweep: Duration,
    /// When resolved tickets are closed: a cron expression with seconds, UTC.
    pub auto_close: String,
    /// When statistics are rolled up: a cron expression with seconds, UTC.
    pub stats: String,
    /// When old rows are deleted: a cron expression with seconds, UTC.
    pub prune: String,
}

text_enum! {
    /// The form of the log.
    pub enum LogFormat {
        /// One JSON object per line.
        Json = "json",
        /// Text for people.
        Text = "text",
    }
}

/// The log.
#[derive(Debug)]
pub struct Log {
    /// Directives of `tracing`.
    pub filter: String,
    /// The form.
    pub format: LogFormat,
}

impl Config {
    /// Reads and checks the whole configuration.
    ///
    /// # Errors
    /// All problems, in one message.
    pub fn read(settings: &Settings) -> Result<Self, ConfigError> {
        let (config, problems) = Self::gather(settings);
        ConfigError::unless_none(problems).map(|()| config)
    }

    /// Reads the whole configuration, with all problems. An invalid value is replaced by a value of
    /// its type; such a configuration only serves to look for more problems, and must not be used.
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
            http: http::http(&mut read),
            auth: auth::auth(&mut read),
            tickets: tickets(&mut read),
            attachments: attachments::attachments(&mut read, &data_dir),
            brand: brand::brand(&mut read),
            mail: mail::mail(&mut read, &data_dir),
            sms: sms::sms(&mut read, &data_dir),
            push: push::push(&mut read),
            outbound: outbound::allowed(&mut read, "OUTBOUND_ALLOWED"),
            jobs: jobs(&mut read),
            log: Log {
                filter: read.needed("LOG"),
                format: read.word("LOG_FORMAT", LogFormat::Json),
            },
            watching: watching::watching(&mut read),
            traces: traces::traces(&mut read),
            shutdown: read.seconds("SHUTDOWN_SECONDS", 0..=3_600),
            data_dir,
        };
        let mut problems = read.problems();
        // A setting with another problem is reported once.
        let is_reported = |problem: &String| {
            let name = problem.split(' ').next();
            problems
                .iter()
                .any(|reported| reported.split(' ').next() == name)
        };
        let mut left = placeholders::problems(settings);
        left.retain(|problem| !is_reported(problem));
        problems.extend(left);
        (config, problems)
    }
}

fn tickets(read: &mut Reader) -> Tickets {
    let remind_after = read.days("WAITING_REMINDER_DAYS");
    let resolve_waiting_after = read.days("WAITING_RESOLVE_DAYS");
    // An invalid value was replaced by zero.
    if resolve_waiting_after < remind_after && !resolve_waiting_after.is_zero() {
        read.problem(
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
        away_after: match read.number("AWAY_AFTER_MINUTES", 0..=1_440) {
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

/// Parses `assignment:4,email:8`.
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
                read.problem("WORKER_QUEUES", format!("names the queue {queue} twice"));
            }
            Some(entry) => queues.push(entry),
            None => read.problem(
                "WORKER_QUEUES",
                format!("has `{part}`, which is not queue:number with a number of 1 to 256 and one of the queues {}", Queue::words()),
            ),
        }
    }
    queues
}
