//! Who gets a ticket, by automation and by hand.

use crate::harness::{App, Caller, TICKETS, history, minutes};
use actions::job_list::Job;
use domain::people::Role;
use serde_json::{Value, json};

fn desk(department: &str, room: i64) -> Value {
    json!({"department": department, "maxConcurrentTickets": room})
}

async fn assigned_by_hand(who: &Caller, ticket: &str, body: Value) -> crate::harness::Answer {
    who.does("assign", ticket, body).await
}

#[tokio::test]
async fn automation_keeps_to_the_department_and_says_in_the_history_why() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    app.is(&eve, "available").await;
    let sarah = app.agent("Sarah", "billing").await;
    let knows = json!({"department": "billing", "specializations": ["payments"]});
    let kim = app.agent_with("Kim", knows).await;
    app.person("Tom", Role::Support, desk("technical", 5)).await;
    let technical = amina.asks("technical", "medium").await;
    let payment = amina.asks("payment", "medium").await;
    app.advance(minutes(1));
    let billing = amina.asks("billing", "medium").await;
    app.settle().await;
    assert_eq!(app.assignee(&technical).await, None, "Tom is not there");
    assert_eq!(app.assignee(&payment).await, Some(kim.id()));
    assert_eq!(app.assignee(&billing).await, Some(sarah.id()));
    let path = format!("{TICKETS}/{payment}/history");
    let entry = kim.get(&path).await.ok()["history"][1].clone();
    assert_eq!(entry["type"], "assigned");
    assert_eq!(entry["by"], Value::Null);
    let reason = entry["details"]["reason"].as_str().unwrap();
    assert!(reason.contains("knows payments"), "{reason}");
    // Customers learn nothing of the load of the staff.
    let entry = amina.get(&path).await.ok()["history"][1].clone();
    assert_eq!(entry["details"]["reason"], Value::Null);
}

#[tokio::test]
async fn when_all_are_full_tickets_wait_and_go_by_priority_then_age_as_places_come_free() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent_with("Sarah", desk("general", 1)).await;
    let first = amina.asks("general", "medium").await;
    app.settle().await;
    let mut waiting = Vec::new();
    for priority in ["low", "medium", "urgent", "medium", "high"] {
        app.advance(minutes(1));
        waiting.push(amina.asks("general", priority).await);
    }
    app.run(&Job::AssignWaiting).await;
    for ticket in &waiting {
        assert_eq!(app.assignee(ticket).await, None);
        assert_eq!(amina.status_of(ticket).await, "open");
    }
    let mut held = first;
    for next in [2, 4, 1, 3, 0] {
        sarah.sets(&held, "resolved").await.ok();
        app.settle().await;
        held.clone_from(&waiting[next]);
        assert_eq!(app.assignee(&held).await, Some(sarah.id()), "number {next}");
        let workload = sarah.get("/api/v1/support/dashboard").await;
        assert_eq!(workload.ok()["dashboard"]["currentWorkload"], 1);
    }
}

#[tokio::test]
async fn an_agent_who_becomes_available_gets_waiting_tickets_up_to_the_limit() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.person("Sarah", Role::Support, desk("general", 2)).await;
    let mut tickets = Vec::new();
    for priority in ["low", "high", "medium"] {
        tickets.push(amina.asks("general", priority).await);
    }
    for not_yet in ["offline", "busy", "away"] {
        app.is(&sarah, not_yet).await;
        app.run(&Job::AssignWaiting).await;
        assert_eq!(
            app.count("select count(*) from tickets where assigned_to is not null")
                .await,
            0
        );
    }
    app.is(&sarah, "available").await;
    assert_eq!(app.assignee(&tickets[1]).await, Some(sarah.id()));
    assert_eq!(app.assignee(&tickets[2]).await, Some(sarah.id()));
    assert_eq!(app.assignee(&tickets[0]).await, None);
    let now = sarah.get("/api/v1/support/availability").await;
    assert_eq!(
        now.ok()["availability"],
        json!({
            "status": "available", "maxConcurrentTickets": 2, "currentTickets": 2,
            "updatedAt": "2025-10-01T08:00:00.000Z"
        })
    );
    // An agent who goes offline keeps the tickets.
    app.is(&sarah, "offline").await;
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&tickets[1]).await, Some(sarah.id()));
}

#[tokio::test]
async fn a_desk_that_serves_several_departments_gives_out_the_most_urgent_first() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let low = amina.asks("billing", "low").await;
    let urgent = amina.asks("complaint", "urgent").await;
    app.settle().await;
    let sarah = app.agent_with("Sarah", desk("general", 1)).await;
    assert_eq!(app.assignee(&urgent).await, Some(sarah.id()));
    assert_eq!(app.assignee(&low).await, None);
}

#[tokio::test]
async fn the_other_strategies_too_give_out_the_most_urgent_first_whatever_its_desk() {
    for strategy in ["load_balanced", "round_robin"] {
        let app = App::with(&[("ASSIGNMENT_STRATEGY", strategy)]).await;
        let amina = app.customer("Amina").await;
        let low = amina.asks("technical", "low").await;
        let medium = amina.asks("billing", "medium").await;
        let urgent = amina.asks("complaint", "urgent").await;
        let high = amina.asks("general", "high").await;
        app.settle().await;
        let sarah = app.agent_with("Sarah", desk("general", 1)).await;
        assert_eq!(app.assignee(&urgent).await, Some(sarah.id()), "{strategy}");
        // The sweep keeps to the same order.
        let kim = app.person("Kim", Role::Support, desk("billing", 2)).await;
        app.sql(
            "update agents set availability = 'available' where user_id = $1::uuid",
            &kim.id(),
        )
        .await;
        app.run(&Job::AssignWaiting).await;
        assert_eq!(app.assignee(&high).await, Some(kim.id()), "{strategy}");
        assert_eq!(app.assignee(&medium).await, Some(kim.id()), "{strategy}");
        assert_eq!(app.assignee(&low).await, None, "{strategy}");
    }
}

#[tokio::test]
async fn with_the_manual_strategy_people_assign() {
    let app = App::with(&[("ASSIGNMENT_STRATEGY", "manual")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&id).await, None);
    assigned_by_hand(&sarah, &id, json!({})).await.ok();
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
}

#[tokio::test]
async fn only_who_is_on_shift_is_given_tickets_and_the_sweep_finds_who_comes_on_shift() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    // Wednesday 08:00 UTC now.
    let late = json!({
        "department": "general",
        "shiftSchedule": [{"day": "wed", "start": "09:00", "end": "17:00"}]
    });
    let sarah = app.agent_with("Sarah", late).await;
    let id = amina.asks("general", "low").await;
    app.settle().await;
    app.tick().await;
    app.advance(minutes(59));
    app.tick().await;
    assert_eq!(app.assignee(&id).await, None);
    app.advance(minutes(1));
    app.run(&Job::AssignWaiting).await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
}

#[tokio::test]
async fn a_ticket_that_is_handed_back_goes_to_somebody_else() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    let back = sarah.sets(&id, "open").await;
    assert_eq!(back.ok()["ticket"]["assignedTo"], Value::Null);
    assert_eq!(back.body["ticket"]["assignedAt"], Value::Null);
    app.settle().await;
    app.run(&Job::AssignWaiting).await;
    assert_eq!(
        app.assignee(&id).await,
        None,
        "not to the one who gave it away"
    );
    let kim = app.agent("Kim", "general").await;
    assert_eq!(app.assignee(&id).await, Some(kim.id()));
    // After that it is a ticket like any other.
    kim.sets(&id, "open").await.ok();
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
    let lines = history(&sarah, &id).await;
    assert_eq!(
        lines[3..5],
        [
            "unassigned by Sarah",
            "status_changed assigned → open by Sarah"
        ]
    );
}

#[tokio::test]
async fn a_escalated_ticket_that_nobody_has_goes_back_to_the_front_line_as_soon_as_it_is_open() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "urgent").await;
    let escalated = eve.does("escalate", &id, json!({"reason": "why"})).await;
    assert_eq!(escalated.ok()["ticket"]["assignedTo"], Value::Null);
    let sarah = app.agent("Sarah", "general").await;
    assert_eq!(app.assignee(&id).await, None);
    eve.sets(&id, "open").await.ok();
    app.settle().await;
    assert_eq!(app.assignee(&id).await, Some(sarah.id()));
}

#[tokio::test]
async fn agents_assign_to_themselves_capacity_or_not_and_to_nobody_else() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent_with("Sarah", desk("billing", 0)).await;
    let kim = app.agent_with("Kim", desk("billing", 0)).await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    app.news();
    let to = |agent: &Caller| json!({"agentId": agent.id()});
    let refused = assigned_by_hand(&sarah, &id, to(&kim)).await;
    assert_eq!(refused.refused(403), "assign_to_self_only");
    let taken = assigned_by_hand(&sarah, &id, to(&sarah)).await;
    assert_eq!(taken.ok()["ticket"]["status"], "assigned");
    app.settle().await;
    assert_eq!(
        app.news(),
        ["amina: ticket_assigned"],
        "not of one's own act"
    );
    // It is out of another agent's sight.
    let refused = assigned_by_hand(&kim, &id, json!({})).await;
    assert_eq!(refused.refused(404), "not_found");
    // Once more is nothing new.
    let version = sarah.ticket(&id).await["version"].clone();
    assigned_by_hand(&sarah, &id, json!({})).await.ok();
    assert_eq!(sarah.ticket(&id).await["version"], version);
}

#[tokio::test]
async fn admins_assign_anything_to_any_active_agent_past_the_limit_by_force() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let sarah = app.agent_with("Sarah", desk("billing", 1)).await;
    let kim = app.person("Kim", Role::Support, desk("billing", 0)).await;
    let id = amina.asks("payment", "urgent").await;
    app.settle().await;
    app.news();
    let to_kim = json!({"agentId": kim.id()});
    let refused = assigned_by_hand(&eve, &id, to_kim).await;
    assert_eq!(refused.refused(409), "agent_at_capacity");
    let forced = json!({"agentId": kim.id(), "force": true});
    let taken = assigned_by_hand(&eve, &id, forced).await;
    assert_eq!(taken.ok()["ticket"]["assignedTo"]["id"], kim.id());
    app.settle().await;
    assert_eq!(app.news(), ["amina: ticket_assigned", "kim: work_assigned"]);
    // Taken over: out of sight, and the place is free again.
    assert!(app.stranger_to(&sarah, &id).await);
    let next = amina.asks("payment", "low").await;
    app.settle().await;
    assert_eq!(app.assignee(&next).await, Some(sarah.id()));
    app.deactivate(&sarah).await;
    for nobody in [sarah.id(), amina.id()] {
        let refused = assigned_by_hand(&eve, &id, json!({"agentId": nobody})).await;
        assert_eq!(refused.refused(422), "invalid_fields");
        assert_eq!(refused.body["errors"][0]["field"], "agentId");
    }
    eve.sets(&id, "resolved").await.ok();
    let refused = assigned_by_hand(&eve, &id, json!({})).await;
    assert_eq!(refused.refused(409), "illegal_transition");
}

#[tokio::test]
async fn assigning_makes_open_escalated_and_reopened_tickets_assigned_and_leaves_others_as_they_are()
 {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let sarah = app
        .person("Sarah", Role::Support, desk("billing", 50))
        .await;
    let to = json!({"agentId": sarah.id()});
    for (before, after) in [
        ("open", "assigned"),
        ("escalated", "assigned"),
        ("reopened", "assigned"),
        ("in_progress", "in_progress"),
        ("waiting_customer", "waiting_customer"),
        ("waiting_internal", "waiting_internal"),
    ] {
        let id = super::status::ticket_in(&amina, &eve, before).await;
        let given = assigned_by_hand(&eve, &id, to.clone()).await;
        assert_eq!(given.ok()["ticket"]["status"], after);
        assert_eq!(app.assignee(&id).await, Some(sarah.id()));
    }
}

#[tokio::test]
async fn work_on_an_unassigned_ticket_assigns_it() {
    let app = App::with(&[("ASSIGNMENT_STRATEGY", "manual")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    for work in ["start", "answer", "resolve", "close"] {
        let id = amina.asks("general", "low").await;
        match work {
            "start" => sarah.sets(&id, "in_progress").await.ok().clone(),
            "answer" => sarah.says(&id, "Hello.").await.created().clone(),
            "resolve" => sarah.sets(&id, "resolved").await.ok().clone(),
            _ => sarah.closes(&id).await.ok().clone(),
        };
        assert_eq!(app.assignee(&id).await, Some(sarah.id()), "{work}");
    }
    // A note is no work on it.
    let id = amina.asks("general", "low").await;
    let note = json!({"message": "Hm.", "isInternal": true});
    sarah
        .post(&format!("{TICKETS}/{id}/messages"), note)
        .await
        .created();
    assert_eq!(app.assignee(&id).await, None);
    assert_eq!(sarah.status_of(&id).await, "open");
}

#[tokio::test]
async fn agents_see_their_own_and_the_unassigned_and_admins_all() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let (sarah, kim) = (
        app.agent("Sarah", "billing").await,
        app.agent("Kim", "general").await,
    );
    let eve = app.admin("Eve").await;
    // Somebody sits at the technical desk, and is not there.
    app.person("Tom", Role::Support, desk("technical", 5)).await;
    let hers = amina.asks("payment", "urgent").await;
    let his = amina.asks("general", "urgent").await;
    let free = amina.asks("technical", "urgent").await;
    app.settle().await;
    let seen = async |who: &Caller| {
        let list = who.get(TICKETS).await;
        let list = list.ok()["tickets"].as_array().unwrap().clone();
        let mut ids: Vec<_> = list
            .iter()
            .map(|ticket| ticket["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort();
        ids
    };
    assert_eq!(seen(&sarah).await, sorted(vec![hers.clone(), free.clone()]));
    assert_eq!(seen(&kim).await, sorted(vec![his.clone(), free.clone()]));
    assert_eq!(seen(&eve).await, sorted(vec![hers, his.clone(), free]));
    // Of urgent tickets that others have, the dashboard gives a glimpse.
    let dashboard = sarah.get("/api/v1/support/dashboard").await;
    let urgent = dashboard.ok()["dashboard"]["urgentTickets"].clone();
    assert_eq!(urgent.as_array().unwrap().len(), 3);
    // The own ticket is in two lists, and whole in both.
    let own = dashboard.ok()["dashboard"]["assignedTickets"][0].clone();
    assert!(own["sla"]["resolution"]["targetAt"].is_string(), "{own}");
    assert!(urgent.as_array().unwrap().contains(&own), "{urgent}");
    let glimpses = urgent.as_array().unwrap().iter();
    let glimpse = glimpses
        .clone()
        .find(|ticket| ticket["assignedTo"]["id"] == kim.id().as_str())
        .unwrap();
    let mut fields: Vec<_> = glimpse.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(
        fields,
        ["assignedTo", "sla", "status", "subject", "ticketNumber"]
    );
}
