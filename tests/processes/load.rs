//! Ten tickets a second, and a worker that is killed meanwhile.

use crate::harness::{
    App, Http, Site, eventually,
    smtp_server::{MAILS_SENT, SmtpServer, message_ids},
    stage::{agent_with_room, count, dead, events, stage, unfinished},
};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use tokio::task::JoinSet;

const TICKETS: usize = 60;
const ROOM: u32 = 11;
const AGENTS: [&str; 4] = ["Sam", "Tom", "Kim", "Lea"];

#[tokio::test]
async fn nothing_is_lost_or_done_twice_when_a_worker_is_killed_under_load() {
    let server = SmtpServer::start().await;
    let app = stage().await;
    for name in AGENTS {
        agent_with_room(&app, name, ROOM).await;
    }
    let customer = app.customer("Ann").await;
    let token = customer.token().unwrap();
    let site = Site::of(
        &app,
        &[("SMTP_URL", server.url()), ("JOB_LEASE_SECONDS", "5")],
    );
    let api = site.start("api");
    let _scheduler = site.start_with("scheduler", &[("ASSIGN_SWEEP_SECONDS", "1")]);
    let mut doomed = site.start("worker");
    let mut workers = vec![site.start("worker")];
    let http = api.http().await;
    doomed.says("started").await;

    // Somewhere between a tenth and nine tenths of the way.
    let [chance] = platform::id_source::IdSource::random().bytes();
    let killed_at = TICKETS / 10 + usize::from(chance) * TICKETS * 8 / 10 / 256;
    eprintln!("a worker is killed after {killed_at} of {TICKETS} tickets");
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    let mut requests = JoinSet::new();
    let mut interrupted = Vec::new();
    for number in 0..TICKETS {
        pace.tick().await;
        if number == killed_at {
            doomed.kill();
            interrupted = under_way(&app).await;
            workers.push(site.start("worker"));
        }
        requests.spawn(open(http, token.clone(), number));
    }
    let statuses = requests.join_all().await;
    assert_eq!(statuses, [201; TICKETS]);

    eventually("all is done", async || {
        unfinished(&app).await == 0 && waiting(&app).await == left_over()
    })
    .await;
    audit(&app).await;
    nobody_was_told_twice(&app, &server, &interrupted).await;
    eventually("the statistics are right", async || {
        actions::stats::differences(&app.cx.pool).await.unwrap() == 0
    })
    .await;
}

async fn open(http: Http, token: String, number: usize) -> u16 {
    let ticket = json!({"subject": format!("Help {number}"), "description": "Please."});
    let path = "/api/v1/support/tickets";
    http.post(path, Some(&token), &ticket.to_string()).await.0
}

fn left_over() -> i64 {
    i64::try_from(TICKETS).unwrap() - 4 * i64::from(ROOM)
}

async fn waiting(app: &App) -> i64 {
    let sql = "select count(*) from tickets where assigned_to is null and status = 'open'";
    count(app, sql).await
}

async fn audit(app: &App) {
    assert_eq!(dead(app).await, 0);
    let tickets = i64::try_from(TICKETS).unwrap();
    assert_eq!(count(app, "select count(*) from tickets").await, tickets);
    let full = "select count(*) from agents where max_concurrent_tickets = 11 \
                and 11 = (select count(*) from tickets where assigned_to = user_id)";
    assert_eq!(count(app, full).await, 4, "agents with exactly their room");
    let assigned = tickets - left_over();
    assert_eq!(events(app, "assigned").await, assigned);
    assert_eq!(events(app, "created").await, tickets);
    // The customer hears of each ticket and of each assignment, and an agent of the latter.
    let all = count(app, "select count(*) from notifications").await;
    assert_eq!(all, tickets + 2 * assigned);
    let sent = "select count(*) from notifications where status = 'sent'";
    assert_eq!(count(app, sent).await, all);
}

/// Notifications whose mails are being handed to the server.
async fn under_way(app: &App) -> Vec<String> {
    sqlx::query_scalar("select payload->>'notification' from jobs where state = 'running'")
        .fetch_all(&app.cx.pool)
        .await
        .unwrap()
}

/// But for those whose worker died between the server's answer and its recording: they get the
/// same mail again.
async fn nobody_was_told_twice(app: &App, server: &SmtpServer, interrupted: &[String]) {
    let mails = message_ids(server);
    let mut different = BTreeSet::new();
    let again: Vec<_> = mails
        .iter()
        .filter(|mail| !different.insert(*mail))
        .collect();
    let all = count(app, MAILS_SENT).await;
    assert_eq!(i64::try_from(different.len()).unwrap(), all);
    eprintln!(
        "{} of {} interrupted mails came again",
        again.len(),
        interrupted.len()
    );
    for mail in again {
        let known = interrupted
            .iter()
            .any(|notification| mail.contains(notification));
        assert!(
            known,
            "{mail} came again, and was not under way at the kill"
        );
    }
}
