//! Every field error of a body is reported at once, each with its field.

use crate::harness::{Answer, App, TICKETS};
use serde_json::json;

const ME: &str = "/api/v1/auth/me";
const POLICIES: &str = "/api/v1/admin/sla-policies";

/// The fields and codes of what is wrong with a body, in order.
fn faults(refused: &Answer) -> Vec<[&str; 2]> {
    assert_eq!(refused.refused(422), "invalid_fields");
    let faults = refused.body["errors"].as_array().unwrap().iter();
    faults
        .map(|field_error| ["field", "code"].map(|key| field_error[key].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn an_entry_of_a_list_is_judged_at_its_place_whatever_stands_before_it() {
    let app = App::new().await;
    let amina = app.customer("Amina").await;
    let link = |url: &str| json!({"url": url, "fileName": "f"});
    let mut tags = vec![json!("x"); 21];
    tags[0] = json!(5);
    let mut links = vec![link("https://a.example/b"); 11];
    links[10] = link("x");
    for (field, list, expected) in [
        (
            "tags",
            json!([5, ""]),
            vec![["tags[0]", "wrong_type"], ["tags[1]", "too_short"]],
        ),
        (
            "tags",
            json!([5, 6, "x".repeat(60), null, "\0"]),
            vec![
                ["tags[0]", "wrong_type"],
                ["tags[1]", "wrong_type"],
                ["tags[3]", "wrong_type"],
                ["tags[2]", "too_long"],
                ["tags[4]", "nul_character"],
            ],
        ),
        (
            "tags",
            json!(tags),
            vec![["tags[0]", "wrong_type"], ["tags", "too_many"]],
        ),
        (
            "attachments",
            json!([5, link("x")]),
            vec![
                ["attachments[0]", "wrong_type"],
                ["attachments[1].url", "not_https"],
            ],
        ),
        (
            "attachments",
            json!(links),
            vec![
                ["attachments", "too_many"],
                ["attachments[10].url", "not_https"],
            ],
        ),
        (
            "attachments",
            json!([{"id": 5}]),
            vec![["attachments[0].id", "wrong_type"]],
        ),
    ] {
        let ticket = json!({"subject": "a", "description": "b", field: list});
        assert_eq!(faults(&amina.post(TICKETS, ticket).await), expected);
    }
}

#[tokio::test]
async fn lists_of_what_staff_are_known_by_are_judged_at_their_places() {
    let app = App::new().await;
    let sarah = app.agent("Sarah", "general").await;
    let info = json!({
        "specializations": [5, ""], "languages": [null, "Swahili"],
        "shiftSchedule": [5, {"day": "mon", "start": "8", "end": "17:00"}],
    });
    let refused = sarah.patch(ME, json!({"supportInfo": info})).await;
    assert_eq!(
        faults(&refused),
        [
            ["supportInfo.specializations[0]", "wrong_type"],
            ["supportInfo.languages[0]", "wrong_type"],
            ["supportInfo.shiftSchedule[0]", "wrong_type"],
            ["supportInfo.shiftSchedule[1].start", "invalid_time"],
            ["supportInfo.specializations[1]", "too_short"],
            ["supportInfo.languages[1]", "invalid_language"],
        ]
    );
}

#[tokio::test]
async fn lists_of_policies_and_timelines_are_judged_at_their_places() {
    let app = App::new().await;
    let eve = app.admin("Eve").await;
    let hours = |start: &str| json!({"day": "mon", "start": start, "end": "17:00"});
    let rule = json!({
        "priority": "soon", "firstResponseMinutes": 1, "resolutionMinutes": 1,
        "atRiskPercent": ["x", 100],
        "calendar": {
            "timezone": "UTC", "hours": [5, hours("08:00"), hours("09:00")],
            "holidays": [5, "2025-02-30"],
        },
    });
    let rules = json!({"policies": [5, rule]});
    assert_eq!(
        faults(&eve.put(POLICIES, rules).await),
        [
            ["policies[0]", "wrong_type"],
            ["policies[1].atRiskPercent[0]", "wrong_type"],
            ["policies[1].calendar.hours[0]", "wrong_type"],
            ["policies[1].calendar.holidays[0]", "wrong_type"],
            ["policies[1].calendar.hours[2]", "overlap"],
            ["policies[1].calendar.holidays[1]", "invalid_date"],
            ["policies[1].priority", "unknown_value"],
            ["policies[1].atRiskPercent[1]", "out_of_range"],
        ]
    );
    let timeline = json!({
        "policy": {"firstResponseMinutes": 1, "resolutionMinutes": 1},
        "createdAt": "2025-10-01T00:00:00Z",
        "events": [5, {"at": "2025-09-01T00:00:00Z", "type": "staff_reply"}],
    });
    let refused = eve.post(&format!("{POLICIES}/simulate"), timeline).await;
    assert_eq!(
        faults(&refused),
        [
            ["events[0]", "wrong_type"],
            ["now", "required"],
            ["events[1].at", "before_creation"],
        ]
    );
}

#[tokio::test]
async fn forbidden_and_unknown_parameters_are_reported_with_the_other_faults() {
    let app = App::new().await;
    let (amina, zoe) = (app.customer("Amina").await, app.customer("Zoe").await);
    let (sarah, eve) = (app.agent("Sarah", "general").await, app.admin("Eve").await);
    let for_zoe = json!({"subject": "", "description": "b", "customerId": zoe.id()});
    assert_eq!(
        faults(&amina.post(TICKETS, for_zoe).await),
        [["subject", "too_short"], ["customerId", "not_allowed"]]
    );
    let for_nobody = json!({"subject": "", "description": "b"});
    assert_eq!(
        faults(&sarah.post(TICKETS, for_nobody).await),
        [["subject", "too_short"], ["customerId", "required"]]
    );
    let for_five = json!({"subject": "a", "description": "b", "customerId": 5});
    assert_eq!(
        faults(&sarah.post(TICKETS, for_five).await),
        [["customerId", "wrong_type"]]
    );
    let id = amina.asks("general", "low").await;
    let closing = json!({"summary": "", "resolutionType": "duplicate", "duplicateOf": "nonsense"});
    assert_eq!(
        faults(&eve.does("close", &id, closing).await),
        [["summary", "too_short"], ["duplicateOf", "unknown_ticket"]]
    );
    let mine = json!({"firstName": "", "supportInfo": {"languages": ["sw"]}});
    assert_eq!(
        faults(&amina.patch(ME, mine).await),
        [["supportInfo", "not_allowed"], ["firstName", "too_short"]]
    );
    let account = format!("/api/v1/admin/users/{}", sarah.id());
    let demoted = json!({"role": "customer", "active": "no", "supportInfo": {"level": 2}});
    assert_eq!(
        faults(&eve.patch(&account, demoted).await),
        [["active", "wrong_type"], ["supportInfo", "not_allowed"]]
    );
}
