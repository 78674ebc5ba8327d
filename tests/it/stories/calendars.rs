//! Business calendars, several warnings, and policies that are tried before they are trusted.

use super::sla::record;
use crate::harness::{App, Caller, history, minutes};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/admin/sla-policies";

/// 09:00 to 17:00 of London on weekdays: from 08:00 UTC in the summer, when the tests begin.
fn office() -> Value {
    let hours = ["mon", "tue", "wed", "thu", "fri"]
        .map(|day| json!({"day": day, "start": "09:00", "end": "17:00"}));
    json!({"timezone": "Europe/London", "hours": hours, "holidays": ["2025-10-02"]})
}

fn rule(priority: &str, first: i64, resolution: i64) -> Value {
    json!({"priority": priority, "firstResponseMinutes": first, "resolutionMinutes": resolution})
}

async fn set(eve: &Caller, rules: &[Value]) {
    eve.put(PATH, json!({"policies": rules})).await.ok();
}

#[tokio::test]
async fn with_a_calendar_only_working_time_counts_and_a_later_change_rewrites_nothing() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let eve = app.admin("Eve").await;
    let mut in_hours = rule("medium", 60, 600);
    in_hours["calendar"] = office();
    set(&eve, &[in_hours]).await;
    assert_eq!(
        eve.get(PATH).await.ok()["policies"][0]["calendar"],
        office()
    );
    // Wednesday 16:30 in London.
    app.advance(minutes(7 * 60 + 30));
    let id = amina.asks("general", "medium").await;
    set(&eve, &[rule("medium", 1, 1)]).await;
    let sla = amina.ticket(&id).await["sla"].clone();
    assert_eq!(sla["policy"]["calendar"], office());
    // Thursday is a holiday: half an hour of Wednesday, the rest from Friday's 09:00 on.
    assert_eq!(sla["firstResponse"]["targetAt"], "2025-10-03T08:30:00.000Z");
    assert_eq!(sla["resolution"]["targetAt"], "2025-10-06T09:30:00.000Z");
    app.advance(minutes(24 * 60));
    let sla = amina.ticket(&id).await["sla"].clone();
    assert_eq!(sla["firstResponse"]["elapsedMinutes"], 30);
    assert_eq!(sla["firstResponse"]["remainingMinutes"], 30);
    app.after(5 * 24 * 60).await;
    assert_eq!(
        record(&eve, &id).await,
        [
            "first_response sla_at_risk 08:18:00",
            "first_response sla_breached 08:30:00",
            "resolution sla_at_risk 15:30:00",
            "resolution sla_breached 09:30:00"
        ]
    );
}

#[tokio::test]
async fn a_pause_counts_by_the_calendar_in_force_whichever_it_was_before() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let mut in_hours = rule("high", 60, 480);
    in_hours["calendar"] = office();
    set(&eve, &[in_hours, rule("medium", 60, 480)]).await;
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    sarah.says(&id, "Hello.").await.created();
    // From Wednesday 16:00 in London to Friday 11:00.
    app.advance(minutes(7 * 60));
    sarah.sets(&id, "waiting_customer").await.ok();
    app.advance(minutes(43 * 60));
    amina.says(&id, "Here.").await.created();
    let sla = amina.ticket(&id).await["sla"].clone();
    assert_eq!(
        (&sla["pausedMinutes"], &sla["resolution"]["elapsedMinutes"]),
        (&json!(2580), &json!(420))
    );
    sarah
        .does("priority", &id, json!({"priority": "high"}))
        .await
        .ok();
    let sla = amina.ticket(&id).await["sla"].clone();
    assert_eq!(
        (&sla["pausedMinutes"], &sla["resolution"]["elapsedMinutes"]),
        (&json!(180), &json!(420))
    );
    assert_eq!(sla["resolution"]["targetAt"], "2025-10-03T11:00:00.000Z");
    // What has stopped is not measured anew.
    assert_eq!(sla["firstResponse"]["state"], "met");
    sarah.sets(&id, "resolved").await.ok();
    let resolved = amina.ticket(&id).await["sla"].clone();
    assert_eq!(resolved["resolution"]["elapsedMinutes"], 420);
    set(&eve, &[rule("high", 60, 480)]).await;
    app.advance(minutes(60));
    amina
        .does("reopen", &id, json!({"reason": "Again."}))
        .await
        .ok();
    let again = amina.ticket(&id).await["sla"].clone();
    assert_eq!(again["policy"]["calendar"], Value::Null);
    assert_eq!(again["firstResponse"], resolved["firstResponse"]);
}

#[tokio::test]
async fn each_share_of_a_list_warns_once_and_the_first_puts_the_ticket_at_risk() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let mut warns = rule("medium", 60, 480);
    warns["atRiskPercent"] = json!([50, 75, 90]);
    set(&eve, &[warns]).await;
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    app.news();
    let at_risk = "/api/v1/support/tickets?sla=at_risk";
    let listed = async || {
        eve.get(at_risk).await.ok()["tickets"]
            .as_array()
            .unwrap()
            .len()
    };
    app.after(29).await;
    assert_eq!(listed().await, 0);
    app.after(1).await;
    app.sweep().await;
    assert_eq!(listed().await, 1);
    let dashboard = sarah.get("/api/v1/support/dashboard").await;
    assert_eq!(
        dashboard.ok()["dashboard"]["atRiskTickets"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(app.news(), ["sarah: sla_at_risk"]);
    let sla = eve.ticket(&id).await["sla"].clone();
    assert_eq!(sla["policy"]["atRiskPercent"], json!([50, 75, 90]));
    assert_eq!(sla["firstResponse"]["state"], "at_risk");
    app.after(25).await;
    app.sweep().await;
    // Two that are found at once: the second one is gathered, and told alone or not at all, as its clock then is.
    assert_eq!(app.news(), ["sarah: sla_at_risk"]);
    assert_eq!(
        record(&eve, &id).await,
        [
            "first_response sla_at_risk 08:30:00",
            "first_response sla_at_risk 08:45:00",
            "first_response sla_at_risk 08:54:00"
        ]
    );
    let told = eve
        .get(&format!("/api/v1/support/tickets/{id}/history"))
        .await;
    let told = told.ok()["history"].as_array().unwrap().clone();
    let percents = told
        .iter()
        .filter_map(|entry| entry["details"]["percent"].as_i64());
    assert_eq!(percents.collect::<Vec<_>>(), [50, 75, 90]);
}

#[tokio::test]
async fn a_missed_next_response_escalates_the_ticket_like_any_other_breach() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let mut third = rule("medium", 60, 480);
    third["nextResponseMinutes"] = json!(20);
    set(&eve, &[third]).await;
    let id = amina.asks("general", "medium").await;
    app.settle().await;
    sarah.says(&id, "Yes?").await.created();
    amina.says(&id, "This.").await.created();
    app.after(21).await;
    app.sweep().await;
    let lines = history(&eve, &id).await;
    assert!(
        lines.contains(&"sla_breached next_response by the system".to_owned()),
        "{lines:?}"
    );
    assert_eq!(eve.ticket(&id).await["escalation"]["level"], 1);
}

#[tokio::test]
async fn a_breach_counts_as_one_in_statistics_though_a_longer_target_came_after_it() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let id = amina.asks("general", "urgent").await;
    app.settle().await;
    app.after(20).await;
    sarah
        .does("priority", &id, json!({"priority": "low"}))
        .await
        .ok();
    sarah.says(&id, "Hello.").await.created();
    let closed = sarah.closes(&id).await;
    assert_eq!(
        closed.ok()["ticket"]["sla"]["firstResponse"]["state"],
        "missed"
    );
    app.live(2).await;
    let stats = eve.get("/api/v1/support/stats").await;
    assert_eq!(stats.ok()["agentStats"]["slaCompliance"], "0.00");
}

fn named(answer: &crate::harness::Answer) -> Vec<String> {
    let errors = answer.body["errors"].as_array().unwrap().iter();
    let word = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    let mut named: Vec<_> = errors
        .map(|error| format!("{} {}", word(error, "field"), word(error, "code")))
        .collect();
    named.sort();
    named
}

#[tokio::test]
async fn every_fault_of_policies_and_their_calendars_is_named_at_once() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let hours = |day: &str, start: &str, end: &str| json!({"day": day, "start": start, "end": end});
    let mut bad = rule("high", 60, 30);
    bad["atRiskPercent"] = json!([80, 50, 100]);
    bad["calendar"] = json!({
        "timezone": "Mars/Olympus",
        "hours": [hours("sun", "22:00", "06:00"), hours("mon", "05:00", "12:00"), hours("moon", "8", "24:01")],
        "holidays": ["2025-12-25", "2025-12-25", "2025-02-30"], "name": "x",
    });
    let mut empty = rule("low", 60, 60);
    empty["calendar"] = json!({"timezone": "UTC", "hours": []});
    let mut seldom = rule("low", 60, 525_600);
    seldom["calendar"] = json!({"timezone": "UTC", "hours": [hours("mon", "08:00", "08:30")]});
    let answer = eve
        .put(
            PATH,
            json!({"policies": [bad, rule("low", 60, 30), empty, seldom]}),
        )
        .await;
    assert_eq!(answer.refused(422), "invalid_fields");
    assert_eq!(
        named(&answer),
        [
            "policies[0].atRiskPercent[1] not_ascending",
            "policies[0].atRiskPercent[2] out_of_range",
            "policies[0].calendar.holidays[1] duplicate",
            "policies[0].calendar.holidays[2] invalid_date",
            "policies[0].calendar.hours[1] overlap",
            "policies[0].calendar.hours[2].day unknown_value",
            "policies[0].calendar.hours[2].end invalid_time",
            "policies[0].calendar.hours[2].start invalid_time",
            "policies[0].calendar.name unknown_field",
            "policies[0].calendar.timezone invalid_timezone",
            "policies[0].resolutionMinutes shorter_than_first_response",
            "policies[1].resolutionMinutes shorter_than_first_response",
            "policies[2].calendar.hours empty_week",
            "policies[3].resolutionMinutes never_comes",
        ]
    );
    assert_eq!(
        eve.get(PATH).await.ok()["policies"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
}

#[tokio::test]
async fn every_fault_of_a_timeline_is_named_at_once() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let nothing = eve
        .post(
            &format!("{PATH}/simulate"),
            json!({"events": [{"type": "status"}]}),
        )
        .await;
    assert_eq!(nothing.refused(422), "invalid_fields");
    assert_eq!(
        named(&nothing),
        [
            "createdAt required",
            "events[0].at required",
            "events[0].status required",
            "now required",
            "policy required"
        ]
    );
}

#[tokio::test]
async fn a_simulated_timeline_ends_as_the_ticket_that_lived_it() {
    let app = App::with(&[("AUTO_ESCALATE_ON_BREACH", "false")]).await;
    let amina = app.customer("Amina").await;
    let sarah = app.agent("Sarah", "general").await;
    let eve = app.admin("Eve").await;
    let mut policy = rule("medium", 60, 480);
    policy["calendar"] = office();
    policy["nextResponseMinutes"] = json!(30);
    policy["atRiskPercent"] = json!([50, 80]);
    set(&eve, std::slice::from_ref(&policy)).await;
    let id = amina.asks("general", "medium").await;
    let created = amina.ticket(&id).await["createdAt"].clone();
    app.settle().await;
    let mut events = Vec::new();
    let mut note = |what: Value| {
        let mut event = what;
        event["at"] = json!(domain::time_format::text(app.now()));
        events.push(event);
    };
    app.advance(minutes(40));
    sarah.says(&id, "Yes?").await.created();
    note(json!({"type": "staff_reply"}));
    app.advance(minutes(400));
    sarah.sets(&id, "waiting_customer").await.ok();
    note(json!({"type": "status", "status": "waiting_customer"}));
    app.advance(minutes(3_000));
    amina.says(&id, "Here.").await.created();
    note(json!({"type": "customer_reply"}));
    app.advance(minutes(90));
    sarah.sets(&id, "resolved").await.ok();
    note(json!({"type": "status", "status": "resolved"}));
    app.advance(minutes(10));
    amina.says(&id, "Not quite.").await.created();
    note(json!({"type": "customer_reply"}));
    app.advance(minutes(5));
    let now = json!(domain::time_format::text(app.now()));
    let lived = eve.ticket(&id).await["sla"].clone();
    policy.as_object_mut().unwrap().remove("priority");
    let before = app.fingerprint().await;
    let path = format!("{PATH}/simulate");
    let timeline = json!({"policy": policy, "createdAt": created, "events": events, "now": now});
    let simulated = eve.post(&path, timeline.clone()).await;
    assert_eq!(simulated.ok()["sla"], lived);
    assert_eq!(app.fingerprint().await, before, "nothing is changed");
    let customer = amina.post(&path, timeline).await;
    assert_eq!(customer.refused(403), "role_not_allowed");
}
