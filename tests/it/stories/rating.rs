//! Ratings.

use crate::harness::{App, Caller};
use actions::job_list::Job;
use serde_json::{Value, json};

async fn rating_of(agent: &Caller) -> Value {
    let me = agent.get("/api/v1/auth/me").await;
    let stats = &me.ok()["user"]["supportInfo"]["stats"];
    json!([stats["customerSatisfactionRating"], stats["ratingCount"]])
}

#[tokio::test]
async fn a_resolution_is_rated_once_by_its_customer() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    let stars = |stars: i64| json!({"rating": stars});
    assert_eq!(
        amina.rates(&id, stars(5)).await.refused(409),
        "not_resolved"
    );
    sarah.sets(&id, "resolved").await.ok();
    assert_eq!(zoe.rates(&id, stars(5)).await.refused(404), "not_found");
    assert_eq!(
        sarah.rates(&id, stars(5)).await.refused(403),
        "role_not_allowed"
    );
    for wrong in [
        json!({}),
        json!({"rating": 0}),
        json!({"rating": 6}),
        json!({"rating": 4.5}),
        json!({"rating": "5"}),
        json!({"rating": null}),
    ] {
        let refused = amina.rates(&id, wrong).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "rating");
    }
    amina.rates(&id, stars(4)).await.ok();
    assert_eq!(
        amina.rates(&id, stars(5)).await.refused(409),
        "rated_already"
    );
    sarah.closes(&id).await.ok();
    assert_eq!(
        amina.rates(&id, stars(5)).await.refused(409),
        "rated_already"
    );
    assert_eq!(amina.ticket(&id).await["rating"]["rating"], 4);
    assert_eq!(rating_of(&sarah).await, json!([4.0, 1]));
}

#[tokio::test]
async fn the_next_resolution_may_be_rated_anew() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.closes(&id).await.ok();
    amina.rates(&id, json!({"rating": 1})).await.ok();
    amina
        .does("reopen", &id, json!({"reason": "why"}))
        .await
        .ok();
    let refused = amina.rates(&id, json!({"rating": 5})).await;
    assert_eq!(refused.refused(409), "not_resolved");
    sarah.closes(&id).await.ok();
    amina.rates(&id, json!({"rating": 5})).await.ok();
    assert_eq!(amina.ticket(&id).await["rating"]["rating"], 5);
    assert_eq!(rating_of(&sarah).await, json!([5.0, 1]));
    let refused = amina.rates(&id, json!({"rating": 4})).await;
    assert_eq!(refused.refused(409), "rated_already");
}

#[tokio::test]
async fn a_rating_stays_until_the_customer_gives_another_however_often_the_ticket_is_resolved() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app.agent("Kim", "billing").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.closes(&id).await.ok();
    amina.rates(&id, json!({"rating": 1})).await.ok();
    // She who was rated takes it up again, and another resolves it.
    let why = json!({"reason": "a slip"});
    sarah.does("reopen", &id, why).await.ok();
    let kims = json!({"agentId": kim.id()});
    eve.does("assign", &id, kims).await.ok();
    kim.closes(&id).await.ok();
    app.run(&Job::RollUpStats).await;
    assert_eq!(amina.ticket(&id).await["rating"]["rating"], 1);
    assert_eq!(rating_of(&sarah).await, json!([1.0, 1]));
    assert_eq!(rating_of(&kim).await, json!([null, 0]));
    let stars = async |agent: &Caller| {
        let path = format!("/api/v1/support/stats?agentId={}", agent.id());
        eve.get(&path).await.ok()["agentStats"]["satisfactionRating"].clone()
    };
    assert_eq!(stars(&sarah).await, "1.0");
    assert_eq!(stars(&kim).await, Value::Null);
    amina.rates(&id, json!({"rating": 4})).await.ok();
    app.run(&Job::RollUpStats).await;
    assert_eq!(rating_of(&sarah).await, json!([null, 0]));
    assert_eq!(stars(&kim).await, "4.0");
}

#[tokio::test]
async fn a_rating_counts_for_who_held_the_ticket_at_resolution() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app.agent("Kim", "billing").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    // An admin resolves what Sarah has: the stars are hers.
    eve.sets(&id, "resolved").await.ok();
    amina.rates(&id, json!({"rating": 3})).await.ok();
    amina
        .does("reopen", &id, json!({"reason": "why"}))
        .await
        .ok();
    eve.does("assign", &id, json!({"agentId": kim.id()}))
        .await
        .ok();
    // Until the next resolution they stay hers, though Kim has it now.
    app.run(&Job::RollUpStats).await;
    assert_eq!(rating_of(&sarah).await, json!([3.0, 1]));
    assert_eq!(rating_of(&kim).await, json!([null, 0]));
    let path = format!("/api/v1/support/stats?agentId={}", sarah.id());
    let stats = eve.get(&path).await.ok()["agentStats"].clone();
    assert_eq!(stats["satisfactionRating"], "3.0");
    assert_eq!(stats["total"], 0);
}
