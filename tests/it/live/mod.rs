//! What happens, as it happens: the feed by pages, streams and sockets.

mod absence;
mod feed;
mod leaks;
mod mentions;
mod missed;
mod numbering;
mod seats;
mod sockets;
mod streams;
mod subscriptions;
mod watching;

use crate::harness::{App, Caller, eventually};
use serde_json::Value;

const EVENTS: &str = "/api/v1/events";

/// The newest position, as the caller gets it.
async fn newest(caller: &Caller) -> String {
    let told = caller.get(EVENTS).await;
    assert_eq!(told.ok()["events"], Value::Array(Vec::new()));
    position(&told.body)
}

fn position(body: &Value) -> String {
    body["position"].as_str().unwrap().to_owned()
}

/// Everything after a position, by pages of `limit`, and the position at the end.
async fn follow(caller: &Caller, after: &str, limit: usize) -> (Vec<Value>, String) {
    let (mut events, mut after) = (Vec::new(), after.to_owned());
    loop {
        let path = format!("{EVENTS}?after={after}&limit={limit}");
        let page = caller.get(&path).await;
        let told = page.ok()["events"].as_array().unwrap();
        assert!(told.len() <= limit);
        // What people are told in the app has tests of its own.
        let told = told
            .iter()
            .filter(|event| event["type"] != "notification:new");
        events.extend(told.cloned());
        after = position(&page.body);
        if page.body["hasMore"] == false {
            return (events, after);
        }
    }
}

/// An event in a line: its name, and for a change of a ticket the kind of the entry.
fn line(event: &Value) -> String {
    let name = event["type"].as_str().unwrap();
    match event["entry"]["type"].as_str() {
        Some(kind) => format!("{name} {kind}"),
        None => name.to_owned(),
    }
}

fn lines(events: &[Value]) -> Vec<String> {
    events.iter().map(line).collect()
}

/// As if each public message of a ticket had been written so many times more.
async fn said_again(app: &App, ticket: &str, times: i32) {
    sqlx::query(
        "insert into feed_pending (kind, event_id, subject_id, version, at)
         select 'ticket', id, ticket_id, 1, at from ticket_events, generate_series(1, $2)
         where what ->> 'type' = 'message_added' and ticket_id = $1::uuid",
    )
    .bind(ticket)
    .bind(times)
    .execute(&app.cx.pool)
    .await
    .unwrap();
}

/// Has more happen on a ticket of the caller than fits between the server and a client that does not read; returns the
/// ticket. The caller has one client.
async fn overflows(app: &App, caller: &Caller) -> String {
    let id = caller.asks("general", "low").await;
    caller.says(&id, &"x".repeat(9_000)).await.created();
    said_again(app, &id, 600).await;
    newest(caller).await;
    eventually("nothing more fits", async || {
        let (_, _, metrics) = app.stranger().downloads("/metrics").await;
        let metrics = String::from_utf8_lossy(&metrics).into_owned();
        let mut lines = metrics.lines();
        let behind = lines.find_map(|line| line.strip_prefix("support_live_events_behind_total "));
        behind.unwrap() != "0"
    })
    .await;
    id
}
