//! What happens, as it happens: the feed by pages, streams and sockets.

mod absence;
mod feed;
mod leaks;
mod numbering;
mod seats;
mod sockets;
mod streams;
mod subscriptions;
mod watching;

use crate::harness::Caller;
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
