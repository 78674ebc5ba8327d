//! `support doctor`: what is wrong with the servers and the settings, and what to do.

use crate::{
    harness::{
        Folder, Site,
        smtp_server::{Behaviour, SmtpServer},
        stage::stage,
    },
    unreachable::own_servers,
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{fs, os::unix::fs::PermissionsExt, process::Output};

const SECRET: (&str, &str) = ("JWT_SECRET", "0123456789012345678901234567890123456789");

fn said(ended: &Output) -> String {
    [&ended.stdout, &ended.stderr]
        .map(|said| String::from_utf8_lossy(said))
        .concat()
}

/// Runs it off the thread of the test, where the mail server runs.
async fn run(site: &Site, arguments: &str) -> Output {
    let mut command = site.command(arguments, &[]);
    let ended = tokio::task::spawn_blocking(move || command.output());
    ended.await.unwrap().unwrap()
}

/// The findings, and the exit code.
struct Findings {
    all: Vec<Value>,
    code: Option<i32>,
}

impl Findings {
    async fn of(site: &Site) -> Self {
        let ended = run(site, "doctor --json").await;
        let printed: Value = serde_json::from_slice(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", said(&ended)));
        Self {
            all: printed["findings"].as_array().unwrap().clone(),
            code: ended.status.code(),
        }
    }

    /// The findings of a check, each as verdict, what was found and advice.
    fn of_check(&self, check: &str) -> Vec<[&str; 3]> {
        let found = self.all.iter().filter(|finding| finding["check"] == check);
        let fields = ["verdict", "found", "advice"];
        found
            .map(|finding| fields.map(|field| finding[field].as_str().unwrap_or_default()))
            .collect()
    }

    #[track_caller]
    fn is(&self, check: &str, verdict: &str, found: &str, advice: &str) {
        let all = self.of_check(check);
        let is = all.iter().any(|[is, told, what]| {
            *is == verdict && told.contains(found) && what.contains(advice)
        });
        assert!(is, "{check} {verdict} {found}: {:#?}", self.all);
    }
}

#[tokio::test]
async fn a_sound_installation_has_nothing_wrong_and_gets_no_mail() {
    let (app, mails) = (stage().await, SmtpServer::start().await);
    let site = Site::of(&app, &[("SMTP_URL", mails.url())]);
    let found = Findings::of(&site).await;
    for (check, told) in [
        ("database", ""),
        ("database.version", "PostgreSQL 1"),
        ("database.text", "UTF-8"),
        ("database.migrations", "are applied"),
        ("database.permissions", "read, write and migrate"),
        ("database.connections", "PostgreSQL has"),
        ("redis", "accepts writes"),
        ("redis.version", "Redis "),
        ("redis.eviction", "noeviction"),
        ("redis.persistence", "none is needed"),
        ("smtp", "accepts the connection and the login"),
        ("uploads", "written, read and cleared"),
        ("uploads.arriving", "can be written"),
        ("clock", "agree"),
        ("secrets", "no other user"),
        ("queues", "no dead letters"),
    ] {
        found.is(check, "ok", told, "");
    }
    // Nothing runs yet.
    found.is(
        "processes.workers",
        "warning",
        "no running worker serves",
        "support worker",
    );
    found.is("processes.scheduler", "warning", "", "support scheduler");
    assert_eq!(found.code, Some(0));
    assert!(mails.received().is_empty());
    let kept = fs::read_dir(app.cx.config.data_dir.join("attachments")).unwrap();
    assert_eq!(
        kept.flat_map(|it| fs::read_dir(it.unwrap().path()).unwrap())
            .count(),
        0
    );

    let ended = run(&site, "doctor").await;
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(
        text.lines().count(),
        found.all.len() + 2,
        "one line each, and a summary: {text}"
    );
    assert!(
        text.contains(" ok, ") && text.ends_with(" 0 wrong\n"),
        "{text}"
    );
}

#[tokio::test]
async fn every_server_that_cannot_be_used_is_told_with_its_cause_and_what_to_do() {
    let (folder, mails) = (Folder::new("ill"), SmtpServer::start().await);
    mails.behave(Behaviour::TurnAway(535));
    let smtp = mails.url().replace("smtp://", "smtp://me:hush@");
    let set = [
        ("DATABASE_URL", "postgres://me:hush@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://:hush@127.0.0.1:1"),
        ("SMTP_URL", smtp.as_str()),
        ("ATTACHMENTS_URL", "file:///dev/null/uploads"),
        SECRET,
    ];
    let site = Site::alone(folder.path(), &set);
    let found = Findings::of(&site).await;
    let refused = "127.0.0.1:1/none: connection refused";
    found.is("database", "wrong", refused, "DATABASE_URL");
    found.is(
        "redis",
        "wrong",
        "127.0.0.1:1/0: connection refused",
        "REDIS_URL",
    );
    found.is(
        "smtp",
        "wrong",
        "535",
        "Correct the user and the password in SMTP_URL",
    );
    found.is(
        "uploads",
        "wrong",
        "/dev/null/uploads",
        "the right to write",
    );
    assert_eq!(found.code, Some(1));
    let ended = run(&site, "doctor").await;
    assert_eq!(ended.status.code(), Some(1));
    let said = said(&ended);
    assert!(said.contains("4 checks found something wrong"), "{said}");
    assert!(!said.contains("hush"), "{said}");
}

/// The settings of an installation with these servers.
fn settings<'a>(database: &'a str, redis: &'a str) -> [(&'a str, &'a str); 3] {
    [("DATABASE_URL", database), ("REDIS_URL", redis), SECRET]
}

#[tokio::test]
async fn missing_migrations_and_a_role_that_may_not_do_its_work_are_found() {
    let folder = Folder::new("half-well");
    let servers = own_servers(folder.path()).await;
    let (url, redis) = (servers.database_url("postgres"), servers.redis_url());
    let data = folder.path().join("data");
    let owner = Site::alone(&data, &settings(&url, &redis));
    let found = Findings::of(&owner).await;
    found.is(
        "database.migrations",
        "wrong",
        "are missing",
        "support migrate",
    );
    assert_eq!(found.code, Some(1));
    assert_eq!(owner.run("migrate", &[]).status.code(), Some(0));
    let found = Findings::of(&owner).await;
    found.is("database.migrations", "ok", "are applied", "");
    assert_eq!(found.code, Some(0));

    let locked = url.replace("app@", "locked:right@");
    let locked = Site::alone(&data, &settings(&locked, &redis));
    let mut database = PgConnection::connect(&url).await.unwrap();
    let mut sql = async |statement: &'static str| {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement));
        statement.execute(&mut database).await.unwrap();
    };
    sql("grant select on _sqlx_migrations to locked; alter role locked connection limit 5").await;
    let found = Findings::of(&locked).await;
    found.is("database.permissions", "wrong", "agents, ", "Grant select");
    let few = "may open 31; PostgreSQL has 5";
    found.is("database.connections", "warning", few, "max_connections");
    sql("grant all on all tables in schema public to locked").await;
    sql("grant all on all sequences in schema public to locked").await;
    let found = Findings::of(&locked).await;
    found.is(
        "database.permissions",
        "warning",
        "not migrate",
        "as the owner of the tables",
    );
    sql("alter role locked set default_transaction_read_only = on").await;
    let found = Findings::of(&locked).await;
    found.is("database.writes", "wrong", "accepts no writes", "primary");
}

#[tokio::test]
async fn a_redis_that_evicts_is_a_warning_and_one_that_takes_no_writes_is_wrong() {
    let folder = Folder::new("evicting");
    let servers = own_servers(folder.path()).await;
    let (url, redis_url) = (servers.database_url("postgres"), servers.redis_url());
    let site = Site::alone(&folder.path().join("data"), &settings(&url, &redis_url));
    assert_eq!(site.run("migrate", &[]).status.code(), Some(0));
    let redis = redis::Client::open(redis_url.as_str()).unwrap();
    let mut redis = redis.get_connection().unwrap();
    let mut says = |command: &str| {
        let mut words = redis::Cmd::new();
        for word in command.split(' ') {
            words.arg(word);
        }
        words.exec(&mut redis).unwrap();
    };
    says("CONFIG SET maxmemory-policy allkeys-lru");
    let found = Findings::of(&site).await;
    found.is("redis.eviction", "warning", "allkeys-lru", "noeviction");
    assert_eq!(found.code, Some(0), "a warning is no failure");
    says("CONFIG SET maxmemory-policy noeviction");
    for (refuse, cause, take) in [
        (
            "CONFIG SET maxmemory 1",
            "memory is full",
            Some("CONFIG SET maxmemory 0"),
        ),
        (
            "REPLICAOF 127.0.0.1 1",
            "a replica",
            Some("REPLICAOF NO ONE"),
        ),
        ("CONFIG SET requirepass hush", "the login was refused", None),
    ] {
        says(refuse);
        let found = Findings::of(&site).await;
        found.is("redis", "wrong", cause, "");
        assert_eq!(found.code, Some(1), "{refuse}");
        if let Some(take) = take {
            says(take);
        }
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table of settings that are unsafe")]
async fn secrets_that_others_may_read_and_settings_that_are_unsafe_are_warnings() {
    let app = stage().await;
    let folder = &app.cx.config.data_dir;
    fs::create_dir_all(folder).unwrap();
    let file = folder.join("support.toml");
    fs::write(&file, "STAFF_REGISTRATION = \"open\"\n").unwrap();
    let rights = |path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    rights(&file, 0o644);
    let set = [
        ("SUPPORT_CONFIG", file.to_str().unwrap()),
        ("HOST", "0.0.0.0"),
        ("PUBLIC_URL", "http://support.example.com"),
        ("RATE_LIMIT_AUTH_PER_MINUTE", "0"),
        (
            "JWT_SECRET_PREVIOUS",
            "0123456789012345678901234567890123456789",
        ),
        ("BOOTSTRAP_ADMIN_EMAIL", "eve@example.com"),
        ("BOOTSTRAP_ADMIN_PASSWORD", "a long passphrase"),
    ];
    let site = Site::of(&app, &set);
    let found = Findings::of(&site).await;
    found.is("secrets", "warning", "support.toml", "chmod 600");
    found.is(
        "settings.staff",
        "warning",
        "anybody may register",
        "closed",
    );
    found.is("settings.url", "warning", "unencrypted", "https://");
    found.is(
        "settings.limits",
        "warning",
        "RATE_LIMIT_AUTH_PER_MINUTE",
        "",
    );
    found.is(
        "settings.secret",
        "warning",
        "JWT_SECRET_PREVIOUS",
        "Remove it",
    );
    found.is(
        "settings.admin",
        "warning",
        "BOOTSTRAP_ADMIN_PASSWORD",
        "remove",
    );
    found.is("settings.metrics", "warning", "/metrics", "METRICS_TOKEN");
    found.is("smtp", "warning", "no mail is sent", "SMTP_URL");
    assert_eq!(found.code, Some(0));
    let https = [
        ("PUBLIC_URL", "https://support.example.com"),
        ("PUSH_CONTACT", "mailto:push@example.com"),
    ];
    let behind = Findings::of(&Site::of(&app, &https)).await;
    behind.is(
        "settings.proxy",
        "warning",
        "one address",
        "TRUSTED_PROXIES",
    );
    rights(folder, 0o777);
    let found = Findings::of(&site).await;
    found.is("secrets", "wrong", "replace", "chmod o-w");
    assert_eq!(found.code, Some(1));
    rights(folder, 0o755);
}
