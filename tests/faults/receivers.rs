//! Receivers of webhooks, which an admin registers by the API during the faults. One is told of agents' availability the
//! whole time. The others come one after the other, and are told of everything for some seconds.
//!
//! An endpoint gets two requests at a time. Those that a killed worker was making hold it up for a lease and a grace: at the
//! rate at which workers are killed here, one receiver of everything would be hours behind in the end.

use super::client::{Client, Reply};
use crate::harness::Outside;
use serde_json::json;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const WEBHOOKS: &str = "/api/v1/admin/webhooks";
/// How long a receiver is told of everything.
const WINDOW: Duration = Duration::from_secs(8);
/// The pause until the next.
const PAUSE: Duration = Duration::from_secs(40);
/// There can be fifty.
const MOST: usize = 40;

/// Registers the receiver of availabilities.
pub async fn register(admin: &mut Client, outside: &Outside) {
    let body = json!({"url": outside.urls()("availability"), "events": ["agent.availability"]});
    let made = admin.post(WEBHOOKS, &body).await;
    assert!(matches!(made, Reply::Accepted(_)), "{made:?}");
}

/// Registers the others until it is told to stop. `urls` makes the address of a receiver.
pub async fn come_and_go(
    mut admin: Client,
    urls: impl Fn(&str) -> String,
    stop: CancellationToken,
) {
    for number in 0..MOST {
        let url = urls(&format!("all-{number}"));
        let made = admin.post(WEBHOOKS, &json!({"url": url})).await;
        let Reply::Accepted(made) = made else {
            panic!("a webhook was not registered: {made:?}");
        };
        pause(WINDOW, &stop).await;
        // What waits for it is still sent.
        let path = format!("{WEBHOOKS}/{}", made["webhook"]["id"].as_str().unwrap());
        let nothing = json!({"events": ["webhook.test"]});
        let narrowed = admin.patch(&path, &nothing).await;
        assert!(matches!(narrowed, Reply::Accepted(_)), "{narrowed:?}");
        pause(PAUSE, &stop).await;
        if stop.is_cancelled() {
            return;
        }
    }
}

async fn pause(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        () = stop.cancelled() => {}
    }
}
