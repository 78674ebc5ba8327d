//! The demo that fills an installation which the settings name, run as a program.

use crate::harness::{self, Database, Mail, smtp_server::MAILS_SENT};
use chrono::{DateTime, TimeDelta, Utc};
use platform::clock::{Clock, SystemClock};
use sqlx::PgPool;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A database and a folder that only this demo has.
struct Place {
    database: Database,
    folder: PathBuf,
}

impl Place {
    async fn new() -> Self {
        let database = Database::new().await;
        let folder = std::env::temp_dir().join(format!("support-{}", database.name));
        Self { database, folder }
    }

    async fn demo(&self, arguments: &'static [&'static str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_support"));
        command
            .arg("demo")
            .args(arguments)
            .envs(harness::environment(&self.database, &self.folder))
            // nobody listens there: a mail that was sent would fail, and its job would be left
            .env("SMTP_URL", "smtp://127.0.0.1:1");
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    async fn pool(&self) -> PgPool {
        PgPool::connect(&self.database.url).await.unwrap()
    }

    fn mails(&self) -> PathBuf {
        self.folder.join("mail-demo")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            std::fs::remove_dir_all(&self.folder).ok();
        }
    }
}

async fn count(pool: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_leaves_weeks_of_tickets_and_nothing_undone() {
    let place = Place::new().await;
    let begun = SystemClock.now();
    let password = "jambo-jambo-1";
    let output = place
        .demo(&["--tickets", "40", "--password", "jambo-jambo-1"])
        .await;
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("Tickets      40: "), "{said}");
    let progress = text(&output.stderr);
    for part in ["demo:  90 %", "of 40 tickets", "s left"] {
        assert!(progress.contains(part), "{part} is missing in: {progress}");
    }
    assert!(said.contains(&format!("password is {password}")), "{said}");
    kept_for_the_owner(&place.folder.join("demo-password"), password);

    let pool = place.pool().await;
    it_ends_in_the_present(&pool, begun).await;
    // A notification that is overtaken before it is sent is dropped.
    let unsent: Vec<(String, String)> = sqlx::query_as(
        "select template, status from notifications where status not in ('sent', 'dropped')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(unsent.is_empty(), "notifications were not sent: {unsent:?}");
    for (none, query) in [
        (
            "jobs are left",
            "select count(*) from jobs where state <> 'done'",
        ),
        (
            "done jobs stay in a lane that nobody prunes",
            "select count(*) from jobs where lane = 'own'",
        ),
        (
            "buckets wait for the roll-up",
            "select count(*) from feed where position > (select position from stats_cursor)",
        ),
        (
            "addresses or numbers may be somebody's",
            "select count(*) from users where email not like '%@example.com' or phone_number not like '+1202555%'",
        ),
    ] {
        assert_eq!(count(&pool, query).await, 0, "{none}");
    }
    assert_eq!(actions::stats::differences(&pool).await.unwrap(), 0);
    everybody_reads_mails_in_their_own_language(&pool, &place.mails()).await;
    pool.close().await;
    it_is_refused_the_second_time(&place).await;
}

/// It spans weeks, and nothing of it is of the future.
async fn it_ends_in_the_present(pool: &PgPool, begun: DateTime<Utc>) {
    let (first, last): (DateTime<Utc>, DateTime<Utc>) =
        sqlx::query_as("select min(created_at), max(created_at) from tickets")
            .fetch_one(pool)
            .await
            .unwrap();
    assert!(
        last - first > TimeDelta::weeks(2),
        "from {first} to {last} only"
    );
    let latest: DateTime<Utc> = sqlx::query_scalar(
        "select greatest((select max(at) from ticket_events), (select max(created_at) from messages),
                (select max(created_at) from notifications), (select max(updated_at) from tickets))",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert!(latest <= begun + TimeDelta::minutes(1), "{latest}");
}

/// A secret in a file that nobody else may read.
pub fn kept_for_the_owner(file: &Path, password: &str) {
    assert_eq!(fs::read_to_string(file).unwrap(), password);
    assert_eq!(
        fs::metadata(file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

async fn everybody_reads_mails_in_their_own_language(pool: &PgPool, folder: &Path) {
    let mails = Mail::read_all(folder);
    let sent = count(pool, MAILS_SENT).await;
    assert_eq!(i64::try_from(mails.len()).unwrap(), sent);
    let languages: Vec<(String, String)> = sqlx::query_as("select email, language from users")
        .fetch_all(pool)
        .await
        .unwrap();
    for mail in mails {
        let (_, language) = languages
            .iter()
            .find(|(email, _)| mail.to.contains(email))
            .unwrap();
        assert!(
            mail.whole.contains(&format!("lang=\"{language}\""))
                || mail.whole.contains(&format!("lang=3D\"{language}\"")),
            "not in {language}: {}",
            mail.whole
        );
    }
}

async fn it_is_refused_the_second_time(place: &Place) {
    let again = place.demo(&[]).await;
    assert_eq!(again.status.code(), Some(1));
    let said = text(&again.stderr);
    assert!(
        said.contains("The installation has tickets, 40 of them: the demo fills empty ones only"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_does_not_run_beside_the_system() {
    let place = Place::new().await;
    let config = harness::config(&place.database, &place.folder, &[]);
    let system = platform::db::connect(&config.database).await.unwrap();
    let output = place.demo(&["--tickets", "25"]).await;
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("Stop the running system first"), "{said}");
    assert_eq!(count(&system, "select count(*) from users").await, 0);
    system.close().await;
}
