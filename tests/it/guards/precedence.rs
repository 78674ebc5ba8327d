//! Of several failures the first in the contract's order is reported: 401, 403, 404, 413, 415, 400, 422, 412,
//! 409.

use super::{
    request,
    walk::{ABSENT, Cast, JSON, Sent, assert_is_problem, readers, sends},
};
use crate::harness::{Answer, App, Caller, TICKETS};
use api::openapi::Access;
use axum::http::Method;
use serde_json::{Value, json};

/// What is wrong with a request, in the contract's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Token,
    Role,
    Id,
    Size,
    Type,
    Json,
    Fields,
    Version,
}

impl Wrong {
    const ALL: [Self; 8] = [
        Self::Token,
        Self::Role,
        Self::Id,
        Self::Size,
        Self::Type,
        Self::Json,
        Self::Fields,
        Self::Version,
    ];

    fn told(self) -> (u16, &'static str) {
        match self {
            Self::Token => (401, "token_required"),
            Self::Role => (403, "role_not_allowed"),
            Self::Id => (404, "not_found"),
            Self::Size => (413, "body_too_large"),
            Self::Type => (415, "json_needed"),
            Self::Json => (400, "malformed_json"),
            Self::Fields => (422, "invalid_fields"),
            Self::Version => (412, "version_moved_on"),
        }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "the failures of one request, in their order"
)]
#[tokio::test]
async fn every_route_reports_the_first_of_several_failures() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    for (route, example) in readers() {
        let who = route.operation.access();
        let can_be_wrong = |wrong: &Wrong| match wrong {
            Wrong::Token => who != Access::Anybody,
            Wrong::Role => cast.who_may_not(&route).is_some(),
            Wrong::Id => route.path.contains("{id}"),
            Wrong::Version => route.operation.takes_version(),
            Wrong::Size | Wrong::Type | Wrong::Json | Wrong::Fields => true,
        };
        // An agent whom nobody knows is a fault of the body, too.
        let good = if route.path.ends_with("/assign") {
            json!({})
        } else {
            example
        };
        for first in Wrong::ALL.into_iter().filter(can_be_wrong) {
            let caller = match first {
                Wrong::Token => &cast.nobody,
                Wrong::Role => cast.who_may_not(&route).unwrap(),
                _ => cast.who_may(&route),
            };
            let mut sent = Sent {
                path: if first <= Wrong::Id {
                    cast.path_of(&route, ABSENT)
                } else {
                    cast.path(&route)
                },
                content: if first <= Wrong::Type {
                    "text/plain"
                } else {
                    JSON
                },
                body: match first {
                    Wrong::Token | Wrong::Role | Wrong::Id | Wrong::Size => {
                        "x".repeat(1024 * 1024 + 1)
                    }
                    Wrong::Type | Wrong::Json => "nonsense".to_owned(),
                    Wrong::Fields => json!({"nonsense": 1}).to_string(),
                    Wrong::Version => good.to_string(),
                },
                ..Sent::default()
            };
            if first <= Wrong::Fields {
                sent.path.push_str("?nonsense=1");
            }
            if route.operation.takes_version() {
                sent.headers.push(("if-match", "\"999\"".to_owned()));
            }
            let answer = sends(caller, &route.method, &sent).await;
            let (status, code) = first.told();
            let about = format!("{} {}: {first:?}", route.method, route.path);
            assert_is_problem(&answer, status, code, &about);
            if first == Wrong::Fields {
                let errors = answer.body["errors"].as_array().unwrap();
                for code in ["unknown_field", "unknown_parameter"] {
                    let named = |field_error: &Value| {
                        field_error["field"] == "nonsense" && field_error["code"] == code
                    };
                    assert!(errors.iter().any(named), "{about}: {errors:?}");
                }
            }
        }
    }
}

/// A change of a ticket with an outdated version.
async fn stale(who: &Caller, verb: &str, ticket: &str, body: Value) -> Answer {
    let path = format!("{TICKETS}/{ticket}/{verb}");
    let headers = [("if-match", "\"999\"")];
    who.send(request(who, Method::PUT, &path, &headers, &body))
        .await
}

#[tokio::test]
async fn names_in_a_body_are_checked_before_the_version_and_the_version_before_the_state() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let (sam, kim) = (
        app.agent("Sam", "general").await,
        app.agent("Kim", "general").await,
    );
    app.is(&sam, "offline").await;
    app.is(&kim, "offline").await;
    let id = ann.asks("general", "low").await;
    let other = json!({"agentId": kim.id()});
    let refused = stale(&sam, "assign", &id, other).await;
    assert_eq!(refused.refused(403), "assign_to_self_only");
    let closing = |original: &str| json!({"summary": "Twice.", "resolutionType": "duplicate", "duplicateOf": original});
    for (verb, body, field) in [
        ("assign", json!({"agentId": ABSENT}), "agentId"),
        ("assign", json!({"agentId": ann.id()}), "agentId"),
        (
            "escalate",
            json!({"reason": "Hard.", "escalatedTo": ABSENT}),
            "escalatedTo",
        ),
        ("close", closing(ABSENT), "duplicateOf"),
        ("close", closing(&id), "duplicateOf"),
        ("close", closing("nonsense"), "duplicateOf"),
    ] {
        let refused = stale(&eve, verb, &id, body.clone()).await;
        assert_eq!(refused.refused(422), "invalid_fields", "{verb} {body}");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    // The state: a full agent, and a closed ticket.
    let none = json!({"supportInfo": {"maxConcurrentTickets": 0}});
    let account = format!("/api/v1/admin/users/{}", kim.id());
    eve.patch(&account, none).await.ok();
    let full = json!({"agentId": kim.id()});
    let moved = stale(&eve, "assign", &id, full.clone()).await;
    assert_eq!(moved.refused(412), "version_moved_on");
    let refused = eve.does("assign", &id, full).await;
    assert_eq!(refused.refused(409), "agent_at_capacity");
    eve.closes(&id).await.ok();
    for (verb, body) in [
        ("status", json!({"status": "in_progress"})),
        ("priority", json!({"priority": "urgent"})),
        ("assign", json!({})),
        ("escalate", json!({"reason": "Hard."})),
        (
            "close",
            json!({"summary": "Done.", "resolutionType": "solved"}),
        ),
    ] {
        let moved = stale(&eve, verb, &id, body.clone()).await;
        assert_eq!(moved.refused(412), "version_moved_on", "{verb}");
        let refused = eve.does(verb, &id, body).await;
        assert_eq!(refused.refused(409), "illegal_transition", "{verb}");
    }
    let refused = eve.does("close", &id, closing(ABSENT)).await;
    assert_eq!(refused.refused(422), "invalid_fields");
    let nobody = json!({"reason": "Hard.", "escalatedTo": ABSENT});
    let refused = eve.does("escalate", &id, nobody).await;
    assert_eq!(refused.refused(422), "invalid_fields");
}

#[tokio::test]
async fn that_a_ticket_is_over_is_told_before_that_an_agent_is_full() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let none = json!({"department": "general", "maxConcurrentTickets": 0});
    let kim = app.agent_with("Kim", none).await;
    let id = ann.asks("general", "low").await;
    for end in ["resolved", "closed"] {
        eve.sets(&id, end).await.ok();
        for force in [false, true] {
            let body = json!({"agentId": kim.id(), "force": force});
            let refused = eve.does("assign", &id, body).await;
            assert_eq!(refused.refused(409), "illegal_transition", "{end} {force}");
        }
    }
}
