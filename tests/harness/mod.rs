//! The whole system in one process, with a database of its own, a clock that the test moves and jobs that the
//! test runs. Needs no set-up: the servers are private.

mod client;
mod database;
mod described;
mod folder;
mod live;
mod mail;
mod outside;
mod program;
pub mod smtp_server;
pub mod specimen;
pub mod stage;
mod story;

pub use client::{Answer, Caller};
pub use database::{Database, redis_url};
pub use described::{check_order, document};
pub use folder::Folder;
pub use live::{Frame, Serving, Socket};
pub use mail::Mail;
pub use outside::{Letter, Letters, Outside};
pub use program::{Http, Program, Site, eventually, signal, within};
pub use story::{NOTHING, TICKETS, history, minutes};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    people::{HashCost, Role},
    queue::Execution,
};
use platform::{
    clock::{Clock, ManualClock},
    config::{BootstrapAdmin, Config, Settings},
    context::Context,
    id_source::IdSource,
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::OnceCell;
use worker::JobContext;

/// Wednesday, 1 October 2025, 08:00 UTC.
pub fn the_beginning() -> DateTime<Utc> {
    "2025-10-01T08:00:00Z".parse().unwrap()
}

/// The root of the repository.
pub fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The system under test.
pub struct App {
    /// The context of actions.
    pub cx: Context,
    /// The clock of the context; the test moves it.
    pub clock: Arc<ManualClock>,
    jobs: JobContext,
    router: axum::Router,
    folder: PathBuf,
    // The Message-IDs of the mails that the test has read.
    read: Mutex<BTreeSet<String>>,
    registrar: OnceCell<Caller>,
    // The database goes when the test has passed.
    _database: Database,
}

/// Settings that a test changes: name and value.
pub type Set<'a> = &'a [(&'a str, &'a str)];

impl App {
    /// The system with the default settings.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// The system with other settings.
    pub async fn with(set: Set<'_>) -> Self {
        Self::adjusted(set, |_| {}).await
    }

    /// The system with other settings, and with what is no setting.
    pub async fn adjusted(set: Set<'_>, adjust: impl FnOnce(&mut Config)) -> Self {
        let database = Database::new().await;
        let folder = std::env::temp_dir().join(format!("support-{}", database.name));
        let mut config = config(&database, &folder, set);
        adjust(&mut config);
        let clock = Arc::new(ManualClock::at(the_beginning()));
        let cx = Context {
            pool: platform::db::connect(&config.database).await.unwrap(),
            redis: platform::redis_link::RedisLink::new(config.redis.url.clone()),
            clock: clock.clone(),
            ids: Arc::new(IdSource::seeded([7; 32])),
            config: Arc::new(config),
            execution: Execution::Workers,
            metrics: Arc::default(),
            traces: platform::trace::Traces::default(),
            feed: platform::feed_signal::FeedSignal::default(),
        };
        Self {
            jobs: JobContext::new(cx.clone()).unwrap(),
            router: api::router(cx.clone()),
            cx,
            clock,
            folder,
            read: Mutex::default(),
            registrar: OnceCell::new(),
            _database: database,
        }
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the clock forward and runs nothing.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Runs due jobs until none is left, including those that fail.
    pub async fn run_due(&self) -> usize {
        worker::drain(&self.jobs, Execution::Workers).await.unwrap()
    }

    /// Runs due jobs until none is left; none may fail. A second run of a job would do nothing: the ledger of
    /// `worker` ensures it.
    pub async fn settle(&self) -> usize {
        let ran = self.run_due().await;
        let dead: Vec<(Value, Option<String>)> = sqlx::query_as(
            "select payload, last_error from jobs where state = 'dead' or last_error is not null",
        )
        .fetch_all(&self.cx.pool)
        .await
        .unwrap();
        assert!(dead.is_empty(), "jobs failed: {dead:?}");
        ran
    }

    /// Runs one pass of the scheduler, and then the due jobs.
    pub async fn tick(&self) {
        scheduler::pass(&self.cx, self.now()).await.unwrap();
        self.settle().await;
    }

    /// Moves the clock forward in steps of a minute, with a [`tick`](Self::tick) after each.
    pub async fn live(&self, minutes: i64) {
        for _ in 0..minutes {
            self.advance(TimeDelta::minutes(1));
            self.tick().await;
        }
    }

    /// The mails sent so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        Mail::read_all(&self.folder.join("mail"))
    }

    /// Whether the ticket is hidden from the caller.
    pub async fn stranger_to(&self, caller: &Caller, ticket: &str) -> bool {
        caller
            .get(&format!("/api/v1/support/tickets/{ticket}"))
            .await
            .status
            == 404
    }

    /// The folder of mails and uploads.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// A caller without an account.
    pub fn stranger(&self) -> Caller {
        Caller::stranger(self.router.clone())
    }

    /// A new customer.
    pub async fn customer(&self, name: &str) -> Caller {
        self.person(name, Role::Customer, json!(null)).await
    }

    /// A new admin.
    pub async fn admin(&self, name: &str) -> Caller {
        self.person(name, Role::Admin, json!({})).await
    }

    /// A new agent of a department, on the front line, available, with a limit of five tickets.
    pub async fn agent(&self, name: &str, department: &str) -> Caller {
        let agent = self
            .person(name, Role::Support, json!({"department": department}))
            .await;
        agent
            .put(
                "/api/v1/support/availability",
                json!({"status": "available"}),
            )
            .await
            .ok();
        self.settle().await;
        agent
    }

    /// A new person with `supportInfo` as given and an address that is confirmed; agents are offline.
    pub async fn person(&self, name: &str, role: Role, support_info: Value) -> Caller {
        let registrar = self.registrar().await;
        let mut body = BTreeMap::from([
            ("firstName", json!(name)),
            ("lastName", json!("Otieno")),
            (
                "email",
                json!(format!("{}@example.com", name.to_lowercase())),
            ),
            ("phoneNumber", json!("+254712345678")),
            ("password", json!("SecurePass123!")),
            ("role", json!(role.as_str())),
        ]);
        if !support_info.is_null() {
            body.insert("supportInfo", support_info);
        }
        let made = registrar.post("/api/v1/auth/register", json!(body)).await;
        let user = made.created()["user"].clone();
        self.confirm(user["id"].as_str().unwrap()).await;
        Caller::person(self.router.clone(), self.cx.clone(), &user).await
    }

    /// Confirms an address without a trace, so that tests of other things find no mail about it.
    async fn confirm(&self, person: &str) {
        let person: uuid::Uuid = person.parse().unwrap();
        // One round trip: nearly every test does it several times.
        let statements = format!(
            "delete from jobs where payload->>'notification' in
                 (select id::text from notifications where user_id = '{person}');
             delete from notifications where user_id = '{person}';
             delete from account_events where user_id = '{person}';
             update users set email_confirmed_at = created_at where id = '{person}';"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements))
            .execute(&self.cx.pool)
            .await
            .unwrap();
    }

    /// The admin who registers everybody.
    async fn registrar(&self) -> &Caller {
        self.registrar.get_or_init(|| self.new_registrar()).await
    }

    async fn new_registrar(&self) -> Caller {
        let email = "registrar@example.com";
        let registrar = BootstrapAdmin {
            email: email.to_owned(),
            password: "SecurePass123!".into(),
            first_name: "Rose".to_owned(),
            last_name: "Wafula".to_owned(),
        };
        actions::people::bootstrap_admin(&self.cx, &registrar)
            .await
            .unwrap();
        let id: (uuid::Uuid,) = sqlx::query_as("select id from users where email = $1")
            .bind(email)
            .fetch_one(&self.cx.pool)
            .await
            .unwrap();
        Caller::person(
            self.router.clone(),
            self.cx.clone(),
            &json!({"id": id.0, "role": "admin"}),
        )
        .await
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}

/// A configuration for a test: the defaults, its own database and folder, a prefix in Redis.
pub fn config(database: &Database, folder: &std::path::Path, set: Set<'_>) -> Config {
    let own = environment(database, folder);
    let value = |name: &str| {
        let set = set
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned());
        set.or_else(|| own.get(name).cloned())
    };
    let mut config = Config::read(&Settings::load(value).unwrap()).unwrap();
    // A test registers several people: real hashes would cost more than everything else. Redis gets two seconds,
    // since a machine that runs many tests is slow; a test that sets its own Redis keeps the program's limit.
    config.auth.hash_cost = HashCost {
        memory_kib: 8,
        passes: 1,
    };
    if set.iter().all(|(name, _)| *name != "REDIS_URL") {
        config.redis.patience = Duration::from_secs(2);
    }
    config
}

/// The settings of a test, as the environment of a process.
pub fn environment(
    database: &Database,
    folder: &std::path::Path,
) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("DATABASE_URL", database.url.clone()),
        ("REDIS_URL", redis_url()),
        ("REDIS_PREFIX", database.name.clone()),
        ("DATA_DIR", folder.display().to_string()),
        (
            "JWT_SECRET",
            "a secret for tests that is long enough".to_owned(),
        ),
        ("DATABASE_CONNECTIONS", "6".to_owned()),
        ("SMS_PROVIDER", "file".to_owned()),
        // A test registers many people at once from one address.
        ("RATE_LIMIT_PER_MINUTE", "0".to_owned()),
        ("RATE_LIMIT_AUTH_PER_MINUTE", "0".to_owned()),
    ])
}
