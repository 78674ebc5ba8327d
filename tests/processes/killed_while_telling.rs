//! A worker dies while it tells the outside of an escalation: by webhook, by push message and by text message.

use crate::harness::{
    App, Letter, Outside, Site, eventually,
    stage::{all_is_done, count},
};
use domain::people::Role;
use platform::clock::{Clock, SystemClock};
use serde_json::json;
use std::collections::BTreeMap;

/// How often each of them arrived.
fn times(letters: &[Letter]) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for letter in letters {
        *times.entry(letter.id.clone()).or_default() += 1;
    }
    times
}

const UNTOLD: &str = "select (select count(*) from webhook_deliveries where status <> 'delivered')
    + (select count(*) from notifications where status not in ('sent', 'dropped'))";
const TOLD: &str =
    "select count(*) from notifications where channel in ('push', 'sms') and status = 'sent'";

#[tokio::test]
async fn what_a_killed_worker_was_telling_is_told_by_another_and_arrives_at_most_twice() {
    let outside = Outside::start().await;
    let settings = outside.settings();
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let app = App::with(&settings).await;
    app.clock.set(SystemClock.now());
    let (admin, customer) = (app.admin("Eve").await, app.customer("Ann").await);
    let info = json!({"department": "general", "maxConcurrentTickets": 5});
    let agent = app.person("Sam", Role::Support, info).await;
    let device = outside.device("phone");
    let path = "/api/v1/notifications/push/subscriptions";
    agent.post(path, device).await.created();
    let receiver = json!({"url": outside.urls()("all"), "events": []});
    admin
        .post("/api/v1/admin/webhooks", receiver)
        .await
        .created();
    let ticket = customer.asks("general", "urgent").await;
    let to = json!({"reason": "It burns.", "escalatedTo": agent.id()});
    admin.does("escalate", &ticket, to).await.ok();

    outside.hold(true);
    let mut set = settings.clone();
    set.push(("JOB_LEASE_SECONDS", "2"));
    let site = Site::of(&app, &set);
    let mut first = site.start("worker");
    eventually("each of the three is being told", async || {
        let held = outside.letters();
        ![held.texts, held.pushes, held.calls]
            .iter()
            .any(Vec::is_empty)
    })
    .await;
    first.kill();
    let held = outside.letters();

    outside.hold(false);
    let _second = site.start("worker");
    eventually("all was told", async || count(&app, UNTOLD).await == 0).await;
    all_is_done(&app).await;
    assert_eq!(count(&app, TOLD).await, 2, "a push and a text message");
    let all = outside.letters();
    for (before, after) in [
        (held.texts, all.texts),
        (held.pushes, all.pushes),
        (held.calls, all.calls),
    ] {
        let before = times(&before);
        for (id, times) in times(&after) {
            // Nobody can know whether it was answered; what was not under way comes once.
            let expected = 1 + before.get(&id).copied().unwrap_or(0);
            assert_eq!(times, expected, "{id} of {after:?}");
            assert!(times <= 2, "{id} of {after:?}");
        }
    }
}
