//! Searches of one customer, however long the texts and however many at once, delay no other request.

use crate::harness::{App, TICKETS};
use serde_json::{Value, json};
use std::{fs, time::Duration};
use tokio::task::JoinSet;

/// A text of the greatest length. One letter in four folds to eighteen.
fn hostile(ends: &str) -> String {
    let fill = "\u{fdfa} a ".chars().cycle().take(20_000 - ends.len());
    fill.chain(ends.chars()).collect()
}

/// The processor time that this thread has used: a busy machine does not lengthen it.
fn thread_time() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(told.split(' ').next().unwrap().parse().unwrap())
}

/// One thread serves all requests here: the processor time that it uses while a short request is served is what that
/// request waits for.
#[tokio::test]
async fn searches_of_the_longest_texts_keep_nobody_waiting() {
    let app = App::with(&[("DATABASE_CONNECTIONS", "16")]).await;
    let ann = app.customer("Ann").await;
    for _ in 0..4 {
        let ticket = json!({"subject": "Help", "description": hostile(" b")});
        let id = ann.opens(ticket).await;
        for _ in 0..3 {
            ann.says(&id, &hostile(" needle")).await.created();
        }
    }
    let anybody = app.stranger();
    let mut searches = JoinSet::new();
    for q in ["a", "needle"] {
        let ann = ann.clone();
        searches.spawn(async move {
            let found = ann.get(&format!("{TICKETS}?q={q}&limit=100")).await;
            let tickets = found.ok()["tickets"].as_array().unwrap().clone();
            assert_eq!(tickets.len(), 4, "{q}");
            // Of so much text not all is quoted.
            let quoted = |ticket: &Value| !ticket["highlight"].as_array().unwrap().is_empty();
            assert!(tickets.iter().any(quoted), "{q}");
        });
    }
    let mut longest = Duration::ZERO;
    while !searches.is_empty() {
        let before = thread_time();
        anybody.get("/health/live").await.ok();
        // The searches are served by the same thread, which this request does not leave by itself.
        tokio::task::yield_now().await;
        longest = longest.max(thread_time() - before);
        while let Some(ended) = searches.try_join_next() {
            ended.unwrap();
        }
    }
    assert!(longest < Duration::from_millis(100), "{longest:?}");
}
