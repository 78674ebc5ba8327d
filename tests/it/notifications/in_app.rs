//! The list in the app: what concerned a person, read or not, and only what they may see.

use super::{NOTIFICATIONS, assigned, count, desk, told};
use crate::harness::{App, Caller, NOTHING};
use serde_json::json;

#[tokio::test]
async fn people_see_what_concerned_them_and_mark_it_as_read() {
    let (app, eve, amina, sarah) = desk().await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.advance(chrono::TimeDelta::seconds(1));
    amina.says(&id, "Hello?").await.created();
    app.settle().await;
    assert_eq!(told(&sarah).await, ["customer_replied", "work_assigned"]);
    assert_eq!(told(&amina).await, ["ticket_assigned"]);
    // An admin who assigns a ticket did it, and is told nothing.
    assert_eq!(told(&eve).await, NOTHING);
    let listed = sarah.get(NOTIFICATIONS).await.ok().clone();
    assert_eq!(count(&listed["unreadCount"]), 2);
    let entry = &listed["notifications"][0];
    assert_eq!(entry["actor"], "Amina");
    assert_eq!(entry["ticket"]["id"], id.as_str());
    let path = format!("{NOTIFICATIONS}/{}/read", entry["id"].as_str().unwrap());
    let first = sarah.put(&path, json!({})).await.ok()["notification"].clone();
    app.advance(chrono::TimeDelta::minutes(1));
    let second = sarah.put(&path, json!({})).await.ok()["notification"].clone();
    assert_eq!(first, second);
    assert_eq!(
        told(&sarah).await,
        ["customer_replied (read)", "work_assigned"]
    );
    let unread = sarah.get(&format!("{NOTIFICATIONS}?unread=true")).await;
    assert_eq!(unread.ok()["notifications"].as_array().unwrap().len(), 1);
    let all = sarah
        .put(&format!("{NOTIFICATIONS}/read-all"), json!({}))
        .await;
    assert_eq!(all.ok()["read"], 1);
    let unread = sarah.get(&format!("{NOTIFICATIONS}?unread=true")).await;
    assert_eq!(count(&unread.ok()["unreadCount"]), 0);
}

#[tokio::test]
async fn what_passed_out_of_sight_is_neither_listed_nor_counted_nor_found() {
    let (app, eve, amina, sarah) = desk().await;
    let kim = app.agent("Kim", "general").await;
    let id = assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    let listed = sarah.get(NOTIFICATIONS).await.ok().clone();
    let entry = listed["notifications"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    eve.does("assign", &id, json!({"agentId": kim.id()}))
        .await
        .ok();
    app.settle().await;
    let listed = sarah.get(NOTIFICATIONS).await.ok().clone();
    assert_eq!(listed["notifications"], json!([]));
    assert_eq!(count(&listed["unreadCount"]), 0);
    assert_eq!(count(&listed["pagination"]["total"]), 0);
    let path = format!("{NOTIFICATIONS}/{entry}/read");
    assert_eq!(sarah.put(&path, json!({})).await.refused(404), "not_found");
    // Another person's, and none at all, read alike.
    assert_eq!(kim.put(&path, json!({})).await.refused(404), "not_found");
}

#[tokio::test]
async fn the_list_goes_on_after_a_cursor_and_by_pages() {
    let (app, eve, amina, sarah) = desk().await;
    let id = assigned(&eve, &amina, &sarah).await;
    for text in ["1", "2", "3", "4"] {
        app.advance(chrono::TimeDelta::seconds(1));
        amina.says(&id, text).await.created();
        app.settle().await;
    }
    let first = sarah
        .get(&format!("{NOTIFICATIONS}?limit=2"))
        .await
        .ok()
        .clone();
    assert_eq!(first["pagination"]["total"], 5);
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let rest = sarah
        .get(&format!("{NOTIFICATIONS}?limit=10&cursor={cursor}"))
        .await
        .ok()
        .clone();
    assert_eq!(rest["notifications"].as_array().unwrap().len(), 3);
    assert_eq!(rest["pagination"]["nextCursor"], json!(null));
    let page = sarah
        .get(&format!("{NOTIFICATIONS}?limit=2&page=2"))
        .await
        .ok()
        .clone();
    assert_eq!(page["notifications"][0], rest["notifications"][0]);
}

#[tokio::test]
async fn a_new_entry_is_an_event_of_its_person_alone() {
    let (app, eve, amina, sarah) = desk().await;
    let kim = app.agent("Kim", "billing").await;
    let position = |answer: &serde_json::Value| answer["position"].as_str().unwrap().to_owned();
    let start = position(sarah.get("/api/v1/events").await.ok());
    assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    let news = |events: &serde_json::Value| -> Vec<String> {
        let events = events["events"].as_array().unwrap().iter();
        let news = events.filter(|event| event["type"] == "notification:new");
        news.map(|event| event["notificationId"].as_str().unwrap().to_owned())
            .collect()
    };
    let path = format!("/api/v1/events?after={start}&limit=100");
    let of_sarah = news(sarah.get(&path).await.ok());
    let listed = sarah.get(NOTIFICATIONS).await.ok().clone();
    assert_eq!(
        of_sarah,
        [listed["notifications"][0]["id"].as_str().unwrap()]
    );
    assert_eq!(news(kim.get(&path).await.ok()), NOTHING);
}

#[tokio::test]
async fn reading_is_an_event_of_its_person_alone_if_something_was_unread() {
    let (app, eve, amina, sarah) = desk().await;
    let kim = app.agent("Kim", "billing").await;
    let id = assigned(&eve, &amina, &sarah).await;
    amina.says(&id, "And then?").await.created();
    app.settle().await;
    let start = sarah.get("/api/v1/events").await.ok()["position"].clone();
    let path = format!("/api/v1/events?after={}&limit=100", start.as_str().unwrap());
    let reads = async |who: &Caller| {
        let told = who.get(&path).await.ok().clone();
        let events = told["events"].as_array().unwrap().iter();
        events
            .filter(|event| event["type"] == "notification:read")
            .count()
    };
    let listed = sarah.get(NOTIFICATIONS).await.ok().clone();
    let entry = listed["notifications"][0]["id"].as_str().unwrap();
    let one = format!("{NOTIFICATIONS}/{entry}/read");
    for path in [&one, &one] {
        sarah.put(path, json!({})).await.ok();
    }
    assert_eq!(
        reads(&sarah).await,
        1,
        "the second time it was read already"
    );
    let all = format!("{NOTIFICATIONS}/read-all");
    for path in [&all, &all] {
        sarah.put(path, json!({})).await.ok();
    }
    assert_eq!(reads(&sarah).await, 2, "at last nothing was unread");
    assert_eq!(reads(&kim).await, 0);
}

#[tokio::test]
async fn entries_are_kept_for_ninety_days() {
    let (app, eve, amina, sarah) = desk().await;
    assigned(&eve, &amina, &sarah).await;
    app.settle().await;
    app.advance(chrono::TimeDelta::days(89));
    app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(told(&sarah).await.len(), 1);
    app.advance(chrono::TimeDelta::days(2));
    app.run(&actions::job_list::Job::Prune).await;
    assert_eq!(told(&sarah).await, NOTHING);
}

#[tokio::test]
async fn who_does_not_see_a_ticket_has_no_entry_of_it_and_no_event() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    app.agent("Sarah", "general").await;
    let level = json!({"department": "general", "level": 2});
    let kim = app.agent_with("Kim", level).await;
    amina.asks("general", "urgent").await;
    app.settle().await;
    app.news();
    app.after(16).await;
    assert!(app.news().contains(&"kim: sla_breached".to_owned()));
    assert_eq!(told(&kim).await, NOTHING);
    let all = kim
        .put(&format!("{NOTIFICATIONS}/read-all"), json!({}))
        .await;
    assert_eq!(all.ok()["read"], 0);
    let own = "select count(*) from in_app_notifications i join users u on u.id = i.user_id where u.first_name = 'Kim'";
    assert_eq!(app.count(own).await, 0);
}
