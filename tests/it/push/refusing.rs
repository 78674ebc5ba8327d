//! Push services that refuse. One that refuses everybody is held; one person cannot have it held for the others.

use super::{Browser, PushService, Rig, SUBSCRIPTIONS, service::Says};
use chrono::TimeDelta;

const WRONG_KEY: Says = Says::This(403, None, "BadJwtToken");

/// How many circuits are open.
async fn held(rig: &Rig) -> i64 {
    let open = "select count(*) from push_circuits where open_until is not null";
    rig.app.count(open).await
}

#[tokio::test]
async fn a_key_that_is_refused_holds_the_service_and_deletes_nothing() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    let people = [
        rig.app.customer("Bea").await,
        rig.app.customer("Cem").await,
        rig.app.customer("Dan").await,
    ];
    let mut tickets = Vec::new();
    for person in &people {
        tickets.push(person.asks("general", "low").await);
    }
    rig.app.settle().await;
    for (person, name) in people.iter().zip(["b", "c", "d"]) {
        let browser = Browser::new(&service, name);
        person
            .post(SUBSCRIPTIONS, browser.subscription())
            .await
            .created();
        service.says(name, Some(WRONG_KEY));
    }
    for (at, person) in people.iter().enumerate() {
        assert_eq!(held(&rig).await, 0, "after {at} people");
        rig.tell(person, &tickets[at]).await;
    }
    assert_eq!(service.tried(), 3);
    assert_eq!(held(&rig).await, 1);
    for (person, name) in people.iter().zip(["b", "c", "d"]) {
        assert_eq!(rig.subscriptions(person).await.len(), 1);
        service.says(name, None);
    }
    for _ in 0..4 {
        rig.after(TimeDelta::minutes(1)).await;
    }
    assert_eq!(service.reached(), ["b", "c", "d"]);
    assert_eq!(held(&rig).await, 0);
}

#[tokio::test]
async fn one_person_whose_browsers_are_refused_holds_no_messages_of_others() {
    let rig = Rig::new().await;
    let service = PushService::new(&rig.app.clock).await;
    let page = Says::This(200, None, "<!doctype html><title>Log in</title>");
    let elsewhere = Says::This(307, Some(("location", "/")), "");
    for (name, says) in [
        ("a", WRONG_KEY),
        ("b", page),
        ("c", elsewhere),
        ("d", WRONG_KEY),
    ] {
        rig.browser(&service, name).await;
        service.says(name, Some(says));
    }
    for round in 0..3 {
        rig.notify().await;
        rig.after(TimeDelta::minutes(30)).await;
        assert!(service.tried() >= 4, "none waits for another");
        // The same person, with devices that look new.
        for device in rig.subscriptions(&rig.ann).await {
            let path = format!("{SUBSCRIPTIONS}/{}", device["id"].as_str().unwrap());
            rig.ann.delete(&path, serde_json::json!({})).await.ok();
        }
        for name in ["a", "b", "c", "d"] {
            let name = format!("{name}{round}");
            rig.browser(&service, &name).await;
            service.says(&name, Some(WRONG_KEY));
        }
        assert_eq!(held(&rig).await, 0);
    }
    let theirs = Browser::new(&service, "sam");
    rig.sam
        .post(SUBSCRIPTIONS, theirs.subscription())
        .await
        .created();
    rig.plan_as("work_assigned", &rig.sam, "assigned").await;
    rig.app.run_due().await;
    assert!(service.reached().contains(&"sam".to_owned()));
}
