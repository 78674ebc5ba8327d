//! The planner: each event once for each endpoint, in the order of its ticket.

use super::{DOWN, OK, Receiver, Rig};
use actions::webhooks::{Pass, Planned, create, pass, plan};
use chrono::TimeDelta;
use domain::{
    actor::{Actor, Initiator},
    ids::UserId,
    people::Role,
    webhooks::NewWebhook,
};
use serde_json::Value;

/// Every delivery that is planned, as event and endpoint.
async fn planned(rig: &Rig) -> Vec<(uuid::Uuid, uuid::Uuid)> {
    sqlx::query_as("select event_id, webhook_id from webhook_deliveries order by 1, 2")
        .fetch_all(&rig.app.cx.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn planners_at_once_and_one_that_dies_plan_each_event_once_for_each_endpoint() {
    let rig = Rig::new().await;
    let (one, two) = (Receiver::new().await, Receiver::new().await);
    rig.endpoint(&one).await;
    rig.endpoint(&two).await;
    for _ in 0..3 {
        rig.ticket().await;
    }
    let cx = &rig.app.cx;
    actions::feed::advance(cx).await.unwrap();
    // It has planned everything, and dies before its commit.
    let mut dying = cx.begin(Initiator::System).await.unwrap();
    let planned_there = plan(&mut dying).await.unwrap();
    assert!(
        matches!(planned_there, Planned::Here { read_any: true, .. }),
        "{planned_there:?}"
    );
    assert_eq!(pass(cx).await.unwrap(), Pass::Elsewhere);
    assert_eq!(planned(&rig).await, []);
    drop(dying.tx);
    // Until nothing is left, side by side.
    let plan_all = async || {
        while pass(cx).await.unwrap() != Pass::Idle {
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(plan_all(), plan_all(), plan_all());
    let pairs = planned(&rig).await;
    assert_eq!(pairs.len(), 6);
    rig.deliver().await;
    assert_eq!(planned(&rig).await, pairs);
    let ids = |receiver: &Receiver| {
        let arrived = receiver.arrived();
        let mut ids: Vec<_> = arrived.iter().map(|one| one.id().to_owned()).collect();
        ids.sort();
        ids.dedup();
        (arrived.len(), ids.len())
    };
    assert_eq!((ids(&one), ids(&two)), ((3, 3), (3, 3)));
}

#[tokio::test]
async fn a_later_event_of_a_ticket_waits_for_the_earlier_one_and_other_tickets_do_not() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    receiver.says_once(DOWN);
    let ticket = rig.ticket().await;
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
    rig.customer.says(&ticket, "First.").await.created();
    rig.admin.sets(&ticket, "in_progress").await;
    let other = rig.ticket().await;
    rig.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].body["data"]["ticketId"], other);
    rig.after(TimeDelta::seconds(6)).await;
    let arrived = receiver.arrived();
    let of_ticket: Vec<_> = arrived.iter().map(|one| &one.body["data"]).collect();
    assert!(of_ticket.iter().all(|data| data["ticketId"] == ticket));
    assert_eq!(arrived[0].event(), "created");
    assert_eq!(arrived[1].event(), "message_added");
    let versions: Vec<_> = of_ticket
        .iter()
        .map(|data| data["version"].as_i64())
        .collect();
    assert!(versions.is_sorted(), "{versions:?}");
    let all_delivered = rig.statuses(&id).await;
    assert!(all_delivered.iter().all(|status| status == "delivered"));
}

#[tokio::test]
async fn when_an_event_is_exhausted_the_later_ones_of_its_ticket_go_on() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    let ticket = rig.ticket().await;
    // The circuit of this endpoint stays closed: other tickets are accepted in between.
    for _ in 0..7 {
        receiver.says_once(DOWN);
        rig.after(TimeDelta::hours(12)).await;
        rig.ticket().await;
        rig.deliver().await;
    }
    let statuses = rig.statuses(&id).await;
    let exhausted = statuses.iter().filter(|status| *status == "exhausted");
    assert_eq!(exhausted.count(), 1, "{statuses:?}");
    receiver.arrived();
    rig.customer.says(&ticket, "Still there?").await.created();
    rig.deliver().await;
    assert_eq!(receiver.events(), ["message_added"]);
}

#[tokio::test]
async fn two_attempts_of_an_endpoint_are_under_way_at_most() {
    let rig = Rig::new().await;
    let (one, two) = (Receiver::new().await, Receiver::new().await);
    rig.endpoint(&one).await;
    rig.endpoint(&two).await;
    for _ in 0..5 {
        rig.ticket().await;
    }
    // Nothing runs meanwhile.
    while pass(&rig.app.cx).await.unwrap() != Pass::Idle {}
    let sending = rig
        .app
        .count("select count(*) from webhook_deliveries where status = 'sending'")
        .await;
    assert_eq!(sending, 4);
    rig.deliver().await;
    assert_eq!((one.arrived().len(), two.arrived().len()), (5, 5));
}

#[tokio::test]
async fn a_planner_that_was_away_for_longer_than_the_feed_is_kept_continues_with_the_newest() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = rig.endpoint(&receiver).await;
    rig.ticket().await;
    actions::feed::advance(&rig.app.cx).await.unwrap();
    // The feed begins at the instant of the installation, by the clock of the database.
    let later = rig.app.now() + TimeDelta::days(36_500);
    actions::feed::prune(&rig.app.cx.pool, later, 1_000)
        .await
        .unwrap();
    rig.deliver().await;
    assert_eq!(rig.log(&id).await, [Value::Null; 0]);
    rig.ticket().await;
    rig.deliver().await;
    assert_eq!(receiver.events(), ["created"]);
}

#[tokio::test]
async fn an_endpoint_that_was_created_long_after_the_last_planning_begins_with_its_own_events() {
    let rig = Rig::new().await;
    rig.ticket().await;
    actions::feed::advance(&rig.app.cx).await.unwrap();
    // The feed begins at the instant of the installation, by the clock of the database.
    let later = rig.app.now() + TimeDelta::days(36_500);
    actions::feed::prune(&rig.app.cx.pool, later, 1_000)
        .await
        .unwrap();
    let receiver = Receiver::new().await;
    rig.endpoint(&receiver).await;
    let ticket = rig.ticket().await;
    rig.deliver().await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1);
    assert_eq!(arrived[0].body["data"]["ticketId"], ticket);
    receiver.says(OK);
}

#[tokio::test]
async fn what_happens_while_an_endpoint_is_created_is_not_planned_past_it() {
    let rig = Rig::new().await;
    let receiver = Receiver::new().await;
    rig.endpoint(&receiver).await;
    rig.deliver().await;
    let cx = &rig.app.cx;
    let actor = Actor {
        id: UserId(rig.admin.id().parse().unwrap()),
        role: Role::Admin,
    };
    let new = NewWebhook {
        url: receiver.url.clone(),
        description: String::new(),
        events: Vec::new(),
    };
    let mut creating = cx.begin(Initiator::Person(actor)).await.unwrap();
    let made = create(&mut creating, &actor, new).await.unwrap();
    rig.ticket().await;
    assert_eq!(pass(cx).await.unwrap(), Pass::Elsewhere);
    creating.commit().await.unwrap();
    rig.deliver().await;
    assert_eq!(rig.statuses(&made.id.to_string()).await, ["delivered"]);
}
