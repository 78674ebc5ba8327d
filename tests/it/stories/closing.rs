//! How tickets end.

use crate::harness::{App, TICKETS, history};
use serde_json::{Value, json};

#[tokio::test]
async fn closing_directly_resolves_at_the_same_instant_and_tells_the_customer_once() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    app.news();
    let closed = sarah.closes(&id).await;
    let ticket = &closed.ok()["ticket"];
    assert_eq!(ticket["resolvedAt"], ticket["closedAt"]);
    assert_eq!(ticket["resolution"]["resolvedBy"], sarah.id());
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_closed"]);
    let lines = history(&sarah, &id).await;
    assert_eq!(
        lines[3..],
        [
            "status_changed assigned → resolved by Sarah",
            "resolved by Sarah",
            "status_changed resolved → closed by Sarah",
            "closed by Sarah"
        ]
    );
}

#[tokio::test]
async fn every_way_of_the_brief_to_resolve_is_taken_and_no_other() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    for kind in [
        "solved",
        "workaround",
        "duplicate",
        "cannot_reproduce",
        "wont_fix",
        "other",
    ] {
        let id = amina.asks("general", "low").await;
        let body = json!({"summary": "Done.", "resolutionType": kind});
        let closed = eve.does("close", &id, body).await;
        assert_eq!(closed.ok()["ticket"]["resolution"]["resolutionType"], kind);
    }
    let id = amina.asks("general", "low").await;
    for (body, fields) in [
        (json!({}), vec!["summary", "resolutionType"]),
        (
            json!({"summary": "", "resolutionType": "magic"}),
            vec!["summary", "resolutionType"],
        ),
        (
            json!({"summary": "a", "resolutionType": "solved", "duplicateOf": "x"}),
            vec!["duplicateOf"],
        ),
    ] {
        let refused = eve.does("close", &id, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        let named = refused.body["errors"].as_array().unwrap().iter();
        let named: Vec<_> = named
            .map(|field_error| field_error["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields);
    }
}

#[tokio::test]
async fn a_duplicate_names_another_ticket_that_the_agent_can_see() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let kim = app.agent("Kim", "billing").await;
    let id = amina.asks("general", "low").await;
    let other = amina.asks("general", "low").await;
    let hidden = amina.asks("payment", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&hidden).await, Some(kim.id()));
    let duplicate =
        |of: &str| json!({"summary": "Twice.", "resolutionType": "duplicate", "duplicateOf": of});
    for of in [&id, &hidden, "nonsense", "TKT-1-000099"] {
        let refused = sarah.does("close", &id, duplicate(of)).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "duplicateOf");
    }
    let number = sarah.ticket(&other).await["ticketNumber"].clone();
    let closed = sarah
        .does("close", &id, duplicate(number.as_str().unwrap()))
        .await;
    assert_eq!(
        closed.ok()["ticket"]["resolution"]["duplicateOf"],
        other.as_str()
    );
}

#[tokio::test]
async fn closing_what_is_resolved_keeps_who_resolved_it_and_when() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    sarah.sets(&id, "resolved").await.ok();
    app.advance(crate::harness::minutes(5));
    let body = json!({
        "summary": "Done.", "resolutionType": "solved", "resolutionNotes": "for staff only"
    });
    let closed = eve.does("close", &id, body).await;
    let ticket = &closed.ok()["ticket"];
    assert_eq!(ticket["resolution"]["resolvedBy"], sarah.id());
    assert_eq!(ticket["resolvedAt"], "2025-10-01T08:00:00.000Z");
    assert_eq!(ticket["closedAt"], "2025-10-01T08:05:00.000Z");
    assert_eq!(ticket["resolution"]["resolutionNotes"], "for staff only");
    let seen = amina.get(&format!("{TICKETS}/{id}")).await;
    assert_eq!(seen.ok()["ticket"]["resolution"]["summary"], "Done.");
    assert_eq!(
        seen.body["ticket"]["resolution"]["resolutionNotes"],
        Value::Null
    );
    assert!(!seen.body.to_string().contains("for staff only"));
    assert_eq!(eve.closes(&id).await.refused(409), "illegal_transition");
}

#[tokio::test]
async fn customers_close_their_own_active_ticket_and_get_no_survey() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let zoe = app.customer("Zoe").await;
    let sarah = app.agent("Sarah", "general").await;
    for (body, summary) in [
        (
            json!({"reason": "It works again."}),
            json!("It works again."),
        ),
        (json!({}), Value::Null),
    ] {
        let id = amina.asks("general", "low").await;
        app.settle().await;
        app.news();
        let hidden = zoe.does("close", &id, body.clone()).await;
        assert_eq!(hidden.refused(404), "not_found");
        let closed = amina.does("close", &id, body.clone()).await;
        let ticket = &closed.ok()["ticket"];
        assert_eq!(ticket["status"], "closed");
        assert_eq!(ticket["resolution"]["resolutionType"], "other");
        assert_eq!(ticket["resolution"]["resolvedBy"], amina.id());
        assert_eq!(ticket["resolution"]["summary"], summary);
        assert_eq!(ticket["resolvedAt"], ticket["closedAt"]);
        // It was the agent's, and both clocks stopped in time.
        assert_eq!(ticket["assignedTo"]["id"], sarah.id());
        assert_eq!(ticket["sla"]["firstResponse"]["met"], true);
        assert_eq!(ticket["sla"]["resolution"]["met"], true);
        app.settle().await;
        let news = app.news();
        assert!(
            !news.iter().any(|mail| mail.starts_with("amina")),
            "{news:?}"
        );
        let lines = history(&amina, &id).await;
        let last = &lines[lines.len() - 2..];
        let expected = [
            "status_changed resolved → closed by Amina",
            "closed by Amina",
        ];
        assert_eq!(last, expected);
        let again = amina.does("close", &id, body).await;
        assert_eq!(again.refused(409), "illegal_transition");
        let detail = again.body["detail"].as_str().unwrap();
        assert!(
            detail.contains("closed") && detail.contains("/reopen"),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn an_unassigned_ticket_that_its_customer_closes_stays_unassigned() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    amina.does("close", &id, json!({})).await.ok();
    assert_eq!(app.assignee(&id).await, None);
    app.settle().await;
    assert_eq!(app.assignee(&id).await, None);
    // What is resolved is for staff, or time, to close.
    let id = amina.asks("general", "low").await;
    eve.sets(&id, "resolved").await.ok();
    let refused = amina.does("close", &id, json!({})).await;
    assert_eq!(refused.refused(409), "illegal_transition");
}

#[tokio::test]
async fn requesters_and_staff_close_with_different_bodies() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "low").await;
    let cases = [
        (
            &amina,
            json!({"summary": "a", "resolutionType": "solved"}),
            vec!["resolutionType", "summary"],
        ),
        (&amina, json!({"reason": ""}), vec!["reason"]),
        (
            &eve,
            json!({"reason": "a"}),
            vec!["reason", "resolutionType", "summary"],
        ),
    ];
    for (who, body, fields) in cases {
        let refused = who.does("close", &id, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        let errors = refused.body["errors"].as_array().unwrap().iter();
        let mut named: Vec<_> = errors
            .map(|field_error| field_error["field"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        assert_eq!(named, fields);
    }
}
