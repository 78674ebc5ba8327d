//! A start with a wrong address: the log names where a server was looked for, the cause and what to do.

use crate::harness::{Folder, Program, Site, eventually, stage::stage};
use serde_json::Value;
use servers::{Durability, Servers};
use sqlx::{Connection, PgConnection};
use std::{fs, path::Path, process::Output};

const SECRET: (&str, &str) = ("JWT_SECRET", "0123456789012345678901234567890123456789");
const ROLES: [&str; 3] = ["api", "worker", "scheduler"];

fn said(ended: &Output) -> String {
    [&ended.stdout, &ended.stderr]
        .map(|said| String::from_utf8_lossy(said))
        .concat()
}

/// The lines of the log whose message begins so.
fn lines(program: &Program, message: &str) -> Vec<Value> {
    let log = program.log();
    let lines = log
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let of_message = |line: &Value| {
        let text = line["message"].as_str();
        text.is_some_and(|text| text.starts_with(message))
    };
    lines.filter(of_message).collect()
}

/// A PostgreSQL of its own, with a role that needs its password.
pub async fn own_servers(folder: &Path) -> Servers {
    let servers = servers::start(folder, Durability::Throwaway).unwrap();
    let rules = folder.join("postgres/data/pg_hba.conf");
    let others = fs::read_to_string(&rules).unwrap();
    fs::write(&rules, format!("local all locked scram-sha-256\n{others}")).unwrap();
    let url = servers.database_url("postgres");
    let mut database = PgConnection::connect(&url).await.unwrap();
    for statement in [
        "create role locked login password 'right'",
        "select pg_reload_conf()",
    ] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    servers
}

#[tokio::test]
async fn a_database_that_refuses_is_named_with_the_cause_at_each_attempt_and_the_password_never_is()
{
    let folder = Folder::new("refused");
    let set = [
        ("DATABASE_URL", "postgres://me:hush@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://:hush@127.0.0.1:1"),
        SECRET,
    ];
    let mut worker = Site::alone(folder.path(), &set).start("worker");
    eventually("two attempts", async || {
        lines(&worker, "waiting for PostgreSQL").len() >= 2
    })
    .await;
    for line in lines(&worker, "waiting for ") {
        assert_eq!(line["level"], "WARN");
        assert_eq!(line["server.place"], "127.0.0.1:1/none");
        assert_eq!(line["error"], "connection refused");
        assert!(line["advice"].as_str().unwrap().contains("DATABASE_URL"));
    }
    assert_eq!(lines(&worker, "Redis cannot be used").len(), 1);
    assert!(!worker.log().contains("hush"), "{}", worker.log());
    assert_eq!(worker.terminate().await, Some(0), "{}", worker.log());
}

#[tokio::test]
async fn a_role_a_password_and_a_database_that_are_wrong_are_told_at_once_and_not_waited_for() {
    let folder = Folder::new("unmendable");
    let servers = own_servers(folder.path()).await;
    let right = servers.database_url("postgres");
    let redis = servers.redis_url();
    for (wrong, cause, advice) in [
        (
            right.replace("app@", "nobody@"),
            r#"role "nobody" does not exist. "#,
            "Correct the user in DATABASE_URL",
        ),
        (
            right.replace("app@", "locked:hush@"),
            r#"password authentication failed for user "locked". "#,
            "Correct the password in DATABASE_URL",
        ),
        (
            right.replace("/postgres?", "/nowhere?"),
            r#"database "nowhere" does not exist. "#,
            "Correct the database in DATABASE_URL, or create it",
        ),
    ] {
        let set = [
            ("DATABASE_URL", wrong.as_str()),
            ("REDIS_URL", &redis),
            SECRET,
        ];
        let site = Site::alone(&folder.path().join("data"), &set);
        for command in ["worker", "jobs stats"] {
            let ended = site.run(command, &[]);
            let said = said(&ended);
            assert_eq!(ended.status.code(), Some(1), "{said}");
            let cause = cause.replace('"', "\\\"");
            for part in ["PostgreSQL at ", cause.as_str(), advice] {
                assert!(said.contains(part), "{part} is missing in: {said}");
            }
            assert!(
                !said.contains("hush") && !said.contains("at line"),
                "{said}"
            );
        }
    }
}

#[tokio::test]
async fn a_wrong_redis_is_told_at_the_start_of_every_role_and_stops_none() {
    let app = stage().await;
    let site = Site::of(&app, &[("REDIS_URL", "redis://127.0.0.1:1/3")]);
    for role in ROLES {
        let mut process = site.start(role);
        process.says("\"started\"").await;
        let told = lines(
            &process,
            "Redis cannot be used: this process works without it",
        );
        assert_eq!(told.len(), 1, "{role}: {}", process.log());
        assert_eq!(told[0]["server.place"], "127.0.0.1:1/3");
        assert_eq!(told[0]["error"], "connection refused");
        assert!(told[0]["advice"].as_str().unwrap().contains("REDIS_URL"));
        assert_eq!(process.terminate().await, Some(0), "{}", process.log());
    }
}
