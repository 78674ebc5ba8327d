//! The brief's second example: a ticket is escalated.

use crate::harness::{App, Caller, TICKETS, history, minutes};
use domain::people::Role;
use serde_json::{Value, json};

fn level(department: &str, level: i64) -> Value {
    json!({"department": department, "level": level})
}

async fn escalates(agent: &Caller, ticket: &str) -> Value {
    let escalated = agent
        .does("escalate", ticket, json!({"reason": "Needs a specialist"}))
        .await;
    escalated.ok()["ticket"].clone()
}

#[tokio::test]
async fn an_agent_escalates_to_the_next_level_and_hears_of_the_resolution() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let kim = app.agent_with("Kim", level("billing", 2)).await;
    app.agent_with("Tom", level("technical", 2)).await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
    app.news();

    app.advance(minutes(5));
    let body = json!({"reason": "Requires technical team investigation"});
    let escalated = sarah.does("escalate", &id, body).await;
    let ticket = &escalated.ok()["ticket"];
    assert_eq!(ticket["status"], "escalated");
    assert_eq!(ticket["assignedTo"]["id"], kim.id());
    assert_eq!(
        ticket["escalation"],
        json!({
            "level": 1,
            "history": [{
                "level": 1, "from": sarah.id(), "to": kim.id(), "automatic": false,
                "reason": "Requires technical team investigation",
                "at": "2025-10-01T08:05:00.000Z"
            }]
        })
    );
    app.settle().await;
    assert_eq!(app.news(), ["kim: escalated_to_you"]);
    assert!(app.stranger_to(&sarah, &id).await);
    let seen = amina.ticket(&id).await["escalation"].clone();
    assert_eq!(seen, json!({"level": 1, "history": []}));

    app.advance(minutes(5));
    kim.sets(&id, "in_progress").await.ok();
    kim.closes(&id).await.ok();
    app.settle().await;
    assert_eq!(
        app.news(),
        ["amina: ticket_closed", "sarah: escalation_resolved"]
    );
    let expected = [
        "created by Amina",
        "assigned by the system",
        "status_changed open → assigned by the system",
        "status_changed assigned → escalated by Sarah",
        "escalated by Sarah",
        "status_changed escalated → in_progress by Kim",
        "status_changed in_progress → resolved by Kim",
        "resolved by Kim",
        "status_changed resolved → closed by Kim",
        "closed by Kim",
    ];
    assert_eq!(history(&kim, &id).await, expected);
}

#[tokio::test]
async fn with_nobody_on_the_next_level_it_waits_there_and_the_admins_are_told() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let full = json!({"department": "billing", "level": 2, "maxConcurrentTickets": 0});
    app.agent_with("Full", full).await;
    app.admin("Eve").await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    app.news();
    let ticket = escalates(&sarah, &id).await;
    assert_eq!(ticket["status"], "escalated");
    assert_eq!(ticket["assignedTo"], Value::Null);
    app.settle().await;
    assert_eq!(
        app.news(),
        ["eve: escalated_to_nobody", "registrar: escalated_to_nobody"]
    );
    // The front line does not get the ticket back; an agent who joins its level does.
    app.is(&sarah, "busy").await;
    app.is(&sarah, "available").await;
    assert_eq!(app.assignee(&id).await, None);
    let kim = app.agent_with("Kim", level("billing", 2)).await;
    assert_eq!(app.assignee(&id).await, Some(kim.id()));
    assert_eq!(kim.status_of(&id).await, "assigned");
}

#[tokio::test]
async fn a_breach_notifies_the_next_level_of_the_desk_and_the_admins() {
    for (department, told) in [("billing", false), ("general", true)] {
        let app = App::new().await;
        let amina = app.customer("Amina").await;
        app.agent("Sarah", "general").await;
        app.agent_with("Kim", level("general", 2)).await;
        app.agent_with("Lea", level("general", 3)).await;
        if department == "billing" {
            app.agent("Ben", "billing").await;
        }
        amina.asks("payment", "medium").await;
        app.settle().await;
        app.advance(minutes(61));
        app.news();
        app.sweep().await;
        let news = app.news();
        let kim_is_told = news.contains(&"kim: sla_breached".to_owned());
        assert_eq!(kim_is_told, told, "{department}: {news:?}");
        assert!(!news.contains(&"lea: sla_breached".to_owned()), "{news:?}");
        assert!(
            news.contains(&"registrar: sla_breached".to_owned()),
            "{news:?}"
        );
    }
}

#[tokio::test]
async fn a_named_person_gets_it_capacity_or_not_and_levels_add_up() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let full = json!({"department": "technical", "level": 2, "maxConcurrentTickets": 0});
    let kim = app.person("Kim", Role::Support, full).await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    app.news();
    let to = |person: &Caller| json!({"reason": "Please look", "escalatedTo": person.id()});
    sarah.does("escalate", &id, to(&kim)).await.ok();
    let twice = kim.does("escalate", &id, to(&eve)).await;
    let escalation = &twice.ok()["ticket"]["escalation"];
    assert_eq!(escalation["level"], 2);
    assert_eq!(escalation["history"][0]["to"], kim.id());
    assert_eq!(escalation["history"][1]["from"], kim.id());
    assert_eq!(escalation["history"][1]["to"], eve.id());
    app.settle().await;
    // Kim had it for no time at all: what is out of sight is not told of.
    assert_eq!(app.news(), ["eve: escalated_to_you"]);
    eve.closes(&id).await.ok();
    app.settle().await;
    assert_eq!(
        app.news(),
        [
            "amina: ticket_closed",
            "kim: escalation_resolved",
            "sarah: escalation_resolved"
        ]
    );
}

#[tokio::test]
async fn an_escalation_needs_an_active_member_of_staff_and_an_active_ticket() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "billing").await;
    let gone = app.agent("Gone", "technical").await;
    app.deactivate(&gone).await;
    let id = amina.asks("payment", "high").await;
    app.settle().await;
    for nobody in [gone.id(), amina.id(), "nobody".to_owned()] {
        let body = json!({"reason": "Please look", "escalatedTo": nobody});
        let refused = sarah.does("escalate", &id, body).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "escalatedTo");
    }
    let refused = sarah.does("escalate", &id, json!({})).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    assert_eq!(refused.body["errors"][0]["field"], "reason");
    sarah.sets(&id, "resolved").await.ok();
    let refused = sarah.does("escalate", &id, json!({"reason": "why"})).await;
    assert_eq!(refused.refused(409), "illegal_transition");
    let unchanged = sarah.get(&format!("{TICKETS}/{id}")).await;
    assert_eq!(unchanged.ok()["ticket"]["escalation"]["level"], 0);
}

#[tokio::test]
async fn a_place_that_comes_free_when_a_ticket_is_escalated_is_there_for_the_next() {
    let app = App::new().await;
    let (amina, eve) = (app.customer("Amina").await, app.admin("Eve").await);
    let info = json!({"department": "general", "level": 2, "maxConcurrentTickets": 1});
    let kim = app.agent_with("Kim", info).await;
    let first = amina.asks("general", "urgent").await;
    assert_eq!(escalates(&eve, &first).await["assignedTo"]["id"], kim.id());
    app.advance(minutes(1));
    let second = amina.asks("general", "urgent").await;
    app.advance(minutes(121));
    app.sweep().await;
    // Nobody sits above Kim.
    assert_eq!(app.assignee(&first).await, None);
    assert_eq!(app.assignee(&second).await, Some(kim.id()));
}
