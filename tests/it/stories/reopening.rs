//! The brief's third example: a ticket is reopened.

use crate::harness::{App, Caller, history, minutes};
use chrono::TimeDelta;
use serde_json::{Value, json};

async fn reopens(caller: &Caller, ticket: &str) -> crate::harness::Answer {
    let body = json!({"reason": "Issue still not resolved"});
    caller.does("reopen", ticket, body).await
}

#[tokio::test]
async fn a_customer_reopens_and_the_same_agent_gets_it_back_with_a_new_clock() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    app.advance(minutes(10));
    sarah.closes(&id).await.ok();
    app.settle().await;
    app.news();
    app.advance(TimeDelta::days(1));
    let reopened = reopens(&amina, &id).await;
    let ticket = &reopened.ok()["ticket"];
    assert_eq!(ticket["status"], "reopened");
    assert_eq!(ticket["assignedTo"]["id"], sarah.id());
    assert_eq!(ticket["reopenedCount"], 1);
    for gone in ["resolution", "resolvedAt", "closedAt"] {
        assert_eq!(ticket[gone], Value::Null, "{gone}");
    }
    assert_eq!(
        ticket["sla"]["resolution"],
        json!({
            "targetMinutes": 240, "targetAt": "2025-10-02T12:10:00.000Z", "at": null,
            "elapsedMinutes": 0, "remainingMinutes": 240, "state": "pending", "met": null
        })
    );
    // The first response was given, and stays so.
    assert_eq!(ticket["sla"]["firstResponse"]["state"], "met");
    app.settle().await;
    assert_eq!(app.news(), ["sarah: work_reopened"]);
    sarah.sets(&id, "in_progress").await.ok();
    sarah.sets(&id, "resolved").await.ok();
    let lines = history(&sarah, &id).await;
    assert_eq!(
        lines[lines.len() - 5..],
        [
            "status_changed closed → reopened by Amina",
            "reopened by Amina",
            "status_changed reopened → in_progress by Sarah",
            "status_changed in_progress → resolved by Sarah",
            "resolved by Sarah",
        ]
    );
}

#[tokio::test]
async fn when_the_agent_cannot_take_it_back_somebody_else_gets_it() {
    for why in ["offline", "full", "gone"] {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        let one = json!({"department": "billing", "maxConcurrentTickets": 1});
        let sarah = app.agent_with("Sarah", one).await;
        let id = amina.asks("payment", "high").await;
        app.settle().await;
        sarah.closes(&id).await.ok();
        app.settle().await;
        match why {
            "offline" => app.is(&sarah, "offline").await,
            "full" => {
                amina.asks("payment", "low").await;
                app.settle().await;
            }
            _ => app.deactivate(&sarah).await,
        }
        let tom = app.agent("Tom", "billing").await;
        app.news();
        let reopened = reopens(&amina, &id).await;
        assert_eq!(reopened.ok()["ticket"]["assignedTo"], Value::Null, "{why}");
        app.settle().await;
        assert_eq!(app.assignee(&id).await, Some(tom.id()), "{why}");
        assert_eq!(amina.status_of(&id).await, "assigned");
        assert_eq!(
            app.news(),
            ["amina: ticket_assigned", "tom: work_assigned"],
            "{why}"
        );
    }
}

#[tokio::test]
async fn an_agent_who_takes_no_tickets_or_is_not_on_shift_does_not_get_it_back() {
    for why in ["busy", "away", "offline", "off shift"] {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        let eve = app.admin("Eve").await;
        let sarah = app.agent("Sarah", "billing").await;
        let id = amina.asks("payment", "high").await;
        app.settle().await;
        sarah.closes(&id).await.ok();
        app.settle().await;
        if why == "off shift" {
            let account = format!("/api/v1/admin/users/{}", sarah.id());
            let sundays = json!([{"day": "sun", "start": "08:00", "end": "17:00"}]);
            let shifts = json!({"supportInfo": {"shiftSchedule": sundays}});
            eve.patch(&account, shifts).await.ok();
        } else {
            app.is(&sarah, why).await;
        }
        let kim = app.agent("Kim", "billing").await;
        let reopened = reopens(&amina, &id).await;
        assert_eq!(reopened.ok()["ticket"]["assignedTo"], Value::Null, "{why}");
        app.settle().await;
        assert_eq!(app.assignee(&id).await, Some(kim.id()), "{why}");
    }
}

#[tokio::test]
async fn a_reply_to_what_is_resolved_finds_somebody_who_is_there() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    sarah.sets(&id, "resolved").await.ok();
    app.is(&sarah, "away").await;
    let kim = app.agent("Kim", "billing").await;
    amina.says(&id, "Not yet.").await.created();
    assert_eq!(amina.status_of(&id).await, "reopened");
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(kim.id()));
}

#[tokio::test]
async fn customers_reopen_within_thirty_days_of_closing_and_staff_at_any_time() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    for too_early in [&amina, &sarah] {
        let refused = reopens(too_early, &id).await;
        assert_eq!(refused.refused(409), "illegal_transition");
    }
    sarah.closes(&id).await.ok();
    app.advance(TimeDelta::days(30));
    reopens(&amina, &id).await.ok();
    sarah.closes(&id).await.ok();
    app.advance(TimeDelta::days(30) + TimeDelta::milliseconds(1));
    assert_eq!(
        reopens(&amina, &id).await.refused(409),
        "reopen_window_over"
    );
    reopens(&sarah, &id).await.ok();
    assert_eq!(sarah.ticket(&id).await["reopenedCount"], 2);
    // One that is resolved and was never closed has no window.
    sarah.sets(&id, "resolved").await.ok();
    app.advance(TimeDelta::days(90));
    reopens(&amina, &id).await.ok();
}

#[tokio::test]
async fn a_reason_is_needed() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    sarah.closes(&id).await.ok();
    for body in [
        json!({}),
        json!({"reason": ""}),
        json!({"reason": "x".repeat(5_001)}),
    ] {
        let refused = amina.does("reopen", &id, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "reason");
    }
}
