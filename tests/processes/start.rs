//! The first minute with the program, and what it says when it cannot start.

use crate::harness::{Folder, Http, Mail, Program, Site, eventually, stage::stage, within};
use serde_json::Value;
use std::{
    fs,
    net::TcpListener,
    os::unix::net::UnixStream,
    path::Path,
    process::Output,
    time::{Duration, Instant},
};

const REGISTER_SUPPORT_AGENT: &str = r#"{
  "firstName": "Sarah",
  "lastName": "Support",
  "email": "sarah.support@baitech.com",
  "phoneNumber": "+254712345678",
  "password": "SecurePass123!",
  "role": "support"
}"#;
const CREATE_SUPPORT_TICKET: &str = r#"{
  "subject": "Cannot access my account",
  "description": "I forgot my password and the reset email is not arriving",
  "category": "account",
  "priority": "high"
}"#;
const REGISTER_CUSTOMER: &str = r#"{
  "firstName": "Asha",
  "lastName": "Mwangi",
  "email": "asha@example.com",
  "phoneNumber": "+254712345679",
  "password": "SecurePass123!"
}"#;

/// Whether PostgreSQL and Redis of that folder answer.
fn servers_answer(folder: &Folder) -> [bool; 2] {
    ["run/.s.PGSQL.5432", "run/redis.sock"]
        .map(|socket| UnixStream::connect(folder.path().join(socket)).is_ok())
}

/// Kilobytes that a process has in memory.
fn resident(program: &Program) -> String {
    let status = fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap_or("unknown").trim().to_owned()
}

async fn registered(http: Http, body: &str) -> String {
    let path = "/api/v1/auth/register";
    let (status, answer) = http.post(path, None, body).await;
    assert_eq!(status, 201, "{answer}");
    answer["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_program_alone_is_all_that_it_takes_and_leaves_nothing_running() {
    let folder = Folder::new("alone");
    let set = [
        ("STAFF_REGISTRATION", "open"),
        // The ticket is not to wait for a sweep.
        ("ASSIGN_SWEEP_SECONDS", "3600"),
    ];
    let site = Site::alone(folder.path(), &set);
    let started = Instant::now();
    let mut program = site.start("");
    let http = program.http().await;
    let ready_after = started.elapsed();
    assert_eq!(http.call("GET", "/health/ready", None, None).await.0, 200);
    admin_of_the_banner_gets_in(&program, http).await;
    examples_of_the_brief_work(http).await;
    eprintln!("ready after {ready_after:?}, then {}", resident(&program));
    both_were_told(folder.path()).await;

    let mut worker = site.start("worker");
    worker.says("started").await;
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());
    assert_eq!(
        servers_answer(&folder),
        [true, true],
        "the worker needs them"
    );
    assert!(worker.runs());
    assert_eq!(worker.terminate().await, Some(0), "{}", worker.log());
    eventually("the servers stop", async || {
        servers_answer(&folder) == [false, false] && is_idle(folder.path())
    })
    .await;
}

/// No server lives there: their logs are their locks.
fn is_idle(folder: &Path) -> bool {
    let free = |log| fs::File::open(folder.join(log)).is_ok_and(|log| log.try_lock().is_ok());
    free("postgres.log") && free("redis.log")
}

async fn admin_of_the_banner_gets_in(program: &Program, http: Http) {
    let log = program.log();
    let line = log.lines().find(|line| line.starts_with("  Admin"));
    let words: Vec<_> = line.unwrap().split_whitespace().collect();
    let login = serde_json::json!({"email": words[1], "password": words[2]});
    let path = "/api/v1/auth/login";
    let (status, answer) = http.post(path, None, &login.to_string()).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["user"]["role"], "admin");
}

async fn examples_of_the_brief_work(http: Http) {
    let agent = registered(http, REGISTER_SUPPORT_AGENT).await;
    let customer = registered(http, REGISTER_CUSTOMER).await;
    let here = r#"{"status": "available"}"#;
    let (status, _) = http.put("/api/v1/support/availability", &agent, here).await;
    assert_eq!(status, 200);
    let tickets = "/api/v1/support/tickets";
    let (status, made) = http
        .post(tickets, Some(&customer), CREATE_SUPPORT_TICKET)
        .await;
    assert_eq!(status, 201, "{made}");
    let (made_at, limit) = (Instant::now(), Duration::from_secs(5));
    within(limit, "the agent has the ticket", async || {
        let (status, answer) = http.get("/api/v1/support/dashboard", &agent).await;
        assert_eq!(status, 200, "{answer}");
        let mine = answer["dashboard"]["assignedTickets"].as_array().unwrap();
        mine.iter()
            .any(|ticket: &Value| ticket["id"] == made["ticket"]["id"])
    })
    .await;
    eprintln!("assigned after {:?}", made_at.elapsed());
}

async fn both_were_told(folder: &Path) {
    let told = |who: &str| {
        let mails = Mail::read_all(&folder.join("mail"));
        mails.iter().any(|mail| mail.to.contains(who))
    };
    eventually("both have a mail", async || {
        told("asha@example.com") && told("sarah.support@baitech.com")
    })
    .await;
}

#[tokio::test]
async fn every_mistake_in_the_configuration_is_told_at_once() {
    let folder = Folder::new("mistaken");
    let site = Site::alone(folder.path(), &[]);
    let mistakes = [
        ("DATABASE_URL", "postgres://localhost/nowhere"),
        ("PORT", "70000"),
        ("WORKER_QUEUES", "email:none"),
        ("SCHEDULE_PRUNE", "at noon"),
        ("SMTP_URL", "http://localhost"),
    ];
    for role in ["", "api", "worker", "scheduler", "migrate"] {
        let ended = site.run(role, &mistakes);
        let said = said(&ended);
        assert_eq!(ended.status.code(), Some(2), "{said}");
        for name in mistakes
            .map(|(name, _)| name)
            .iter()
            .chain(&["REDIS_URL", "JWT_SECRET"])
        {
            assert!(said.contains(name), "{name} is missing in: {said}");
        }
    }
    assert!(!folder.path().join("run").exists(), "something was started");
}

#[tokio::test]
async fn the_help_lists_every_setting() {
    let folder = Folder::new("helpless");
    let ended = Site::alone(folder.path(), &[]).run("--help", &[]);
    let said = said(&ended);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    let names = platform::config::DEFAULTS
        .lines()
        .filter_map(|line| line.split_once(" = "));
    for (name, _) in names {
        assert!(said.contains(name), "{name} is missing");
    }
}

#[tokio::test]
async fn a_port_in_use_is_named_with_its_cure() {
    let app = stage().await;
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = Site::of(&app, &[("PORT", &port)]).run("api", &[]);
    let said = said(&ended);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!("127.0.0.1:{port} is in use")),
        "{said}"
    );
    assert!(said.contains("set PORT to another port"), "{said}");
}

fn said(ended: &Output) -> String {
    [&ended.stdout, &ended.stderr]
        .map(|said| String::from_utf8_lossy(said))
        .concat()
}
