//! A backup is worth as much as its restore: a database is dumped under load and restored into a fresh server,
//! and the program continues from it.

use crate::harness::{App, Folder, Site, eventually};
use platform::clock::{Clock, SystemClock};
use secrecy::ExposeSecret;
use servers::{Durability, start};
use sqlx::{AssertSqlSafe, PgPool};
use std::{collections::BTreeMap, process::Command};

fn does(program: &str, arguments: &[&str]) {
    let ended = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{program}: {said}");
}

/// How many rows each table has, and a digest of them. Who is there is nothing to keep.
async fn contents(pool: &PgPool) -> BTreeMap<String, (i64, Option<String>)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'processes'",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut contents = BTreeMap::new();
    for table in tables {
        let digest = format!(
            "select count(*), md5(string_agg(row_of::text, ' ' order by row_of::text)) from \"{table}\" as row_of"
        );
        let digest = sqlx::query_as(AssertSqlSafe(digest)).fetch_one(pool).await;
        contents.insert(table, digest.unwrap());
    }
    contents
}

#[tokio::test]
async fn a_dump_restored_into_another_server_is_the_same_and_the_program_goes_on_from_it() {
    let app = App::new().await;
    app.clock.set(SystemClock.now());
    let customer = app.customer("Ann").await;
    app.agent("Sam", "general").await;
    let answered = customer.asks("general", "low").await;
    app.settle().await;
    // Its jobs wait: they are part of the backup.
    let waiting = customer.asks("general", "high").await;

    let folder = Folder::new("restored");
    std::fs::create_dir_all(folder.path()).unwrap();
    let dump = folder.path().join("support.dump");
    let dump = dump.to_str().unwrap();
    let source = app.cx.config.database.url.expose_secret();
    does("pg_dump", &["--format=custom", "--file", dump, source]);
    let servers = start(&folder.path().join("servers"), Durability::Throwaway).unwrap();
    let url = servers.database_url("support");
    platform::migrate::create_database(&url).await.unwrap();
    let restore = [
        "--exit-on-error",
        "--no-owner",
        "--dbname",
        url.as_str(),
        dump,
    ];
    does("pg_restore", &restore);

    let restored = PgPool::connect(&url).await.unwrap();
    assert_eq!(contents(&restored).await, contents(&app.cx.pool).await);
    restored.close().await;

    let redis = servers.redis_url();
    let set = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", redis.as_str()),
    ];
    let site = Site::of(&app, &set);
    let (api, _worker) = (site.start("api"), site.start("worker"));
    let (http, token) = (api.http().await, customer.token().unwrap());
    let ticket = async |id: &str| {
        let path = format!("/api/v1/support/tickets/{id}");
        http.get(&path, &token).await.1["ticket"].clone()
    };
    assert_eq!(ticket(&answered).await["status"], "assigned");
    eventually("the job of the backup is run", async || {
        ticket(&waiting).await["assignedTo"]["firstName"] == "Sam"
    })
    .await;
    // Where the backup was made, nothing has happened.
    let there = customer.ticket(&waiting).await;
    assert!(there["assignedTo"].is_null());
}
