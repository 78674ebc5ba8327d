//! What holds whatever happens to the processes: the program itself runs here, several times at
//! once, and is killed, stopped and robbed of its servers. All goes by the real clock.

pub mod assignment;
mod capacity;
mod configuration;
mod connections;
mod deliveries;
mod load;
mod postgres;
mod printing;
mod redis;
mod refusing_redis;
mod scheduling;
mod sla;
mod start;
mod stopping;
mod waiting;

use crate::{
    harness::{App, Caller, eventually},
    smtp_server::SmtpServer,
};
use domain::people::Role;
use platform::clock::{Clock, SystemClock};
use serde_json::json;
use std::collections::BTreeSet;

/// The system in this process, at the present instant of the processes: to set the stage, and to
/// look on.
pub async fn stage() -> App {
    let app = App::new().await;
    app.clock.set(SystemClock.now());
    app
}

/// An available agent of the general desk with that much room.
pub async fn agent_with_room(app: &App, name: &str, room: u32) -> Caller {
    let info = json!({"department": "general", "maxConcurrentTickets": room});
    let agent = app.person(name, Role::Support, info).await;
    let here = json!({"status": "available"});
    agent.put("/api/v1/support/availability", here).await.ok();
    app.settle().await;
    agent
}

/// So many tickets, of which nobody has heard yet: their jobs wait.
pub async fn tickets(customer: &Caller, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let ticket = json!({"subject": format!("Help {number}"), "description": "Please."});
        ids.push(customer.opens(ticket).await);
    }
    ids
}

pub async fn count(app: &App, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

/// Waits until every job is done but the sweeps, which never end.
pub async fn all_is_done(app: &App) {
    eventually("all is done", async || unfinished(app).await == 0).await;
    assert_eq!(dead(app).await, 0, "dead letters");
}

pub async fn unfinished(app: &App) -> i64 {
    let sql = "select count(*) from jobs where unique_key is null and state in ('ready', 'sent', 'running')";
    count(app, sql).await
}

pub async fn dead(app: &App) -> i64 {
    count(app, "select count(*) from jobs where state = 'dead'").await
}

/// Events of a kind.
pub async fn events(app: &App, kind: &str) -> i64 {
    sqlx::query_scalar("select count(*) from ticket_events where what->>'type' = $1")
        .bind(kind)
        .fetch_one(&app.cx.pool)
        .await
        .unwrap()
}

/// Everybody who was to be told has been, unless there was nothing to tell any more, and the
/// server has accepted each mail once.
pub async fn everybody_was_told_once(app: &App, server: &SmtpServer) {
    let open = "select count(*) from notifications where status not in ('sent', 'dropped')";
    assert_eq!(
        count(app, open).await,
        0,
        "notifications that were not sent"
    );
    let sent = "select count(*) from notifications where status = 'sent'";
    let sent = count(app, sent).await;
    let mails = message_ids(server);
    let different: BTreeSet<_> = mails.iter().collect();
    assert_eq!(mails.len(), different.len(), "a mail came twice");
    assert_eq!(i64::try_from(mails.len()).unwrap(), sent);
}

/// The Message-IDs of all mails that the server accepted.
fn message_ids(server: &SmtpServer) -> Vec<String> {
    let mails = server.received();
    mails
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect()
}
