//! A customer sees the public part of an own ticket, and no trace of the internal part.

use super::{
    ask_everything, assert_same, assert_tell_nothing,
    world::{World, hidden_from_the_customer, hidden_ticket, writes},
};
use crate::harness::App;
use chrono::TimeDelta;
use serde_json::{Value, json};

#[tokio::test]
async fn the_customer_of_a_ticket_sees_nothing_internal() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let ticket = hidden_ticket(&app, &world).await;
    let answers = ask_everything(&world.ann, &ticket.named(&world)).await;
    assert_tell_nothing(&answers, &hidden_from_the_customer(), "Ann");
    let shown = world.ann.ticket(&ticket.id).await;
    assert_eq!(shown["escalation"], json!({"level": 1, "history": []}));
    let whole = answers.values().cloned().collect::<String>();
    for public in ["sekret answer", "sekret question", "sekret subject"] {
        assert!(whole.contains(public), "{public}");
    }
}

#[tokio::test]
async fn a_note_leaves_no_trace_that_a_customer_could_see() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let ticket = hidden_ticket(&app, &world).await;
    let newer = world.ann.asks("general", "low").await;
    app.settle().await;
    let named = ticket.named(&world);
    app.advance(TimeDelta::minutes(1));
    let before = ask_everything(&world.ann, &named).await;
    writes(&world.kim, &ticket.id, "inhouse note", true).await;
    app.settle().await;
    let after = ask_everything(&world.ann, &named).await;
    assert_same(&before, &after, "Ann");
    assert_ne!(newer, ticket.id);
}

#[tokio::test]
async fn a_customer_is_not_told_the_id_of_another_s_ticket() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let theirs = world.zoe.asks("general", "low").await;
    let own = world.ann.asks("general", "low").await;
    let copy = world.ann.asks("general", "low").await;
    app.settle().await;
    for (original, shown) in [(&theirs, Value::Null), (&own, json!(own))] {
        let closing =
            json!({"summary": "Twice.", "resolutionType": "duplicate", "duplicateOf": original});
        world.eve.does("close", &copy, closing).await.ok();
        let seen = &world.ann.ticket(&copy).await["resolution"]["duplicateOf"];
        assert_eq!(*seen, shown);
        let staff = &world.eve.ticket(&copy).await["resolution"]["duplicateOf"];
        assert_eq!(*staff, json!(original));
        let again = json!({"reason": "Not so."});
        world.eve.does("reopen", &copy, again).await.ok();
    }
}
