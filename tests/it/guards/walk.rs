//! The conventions of the contract at every route of the API's own table: methods, bodies, ids of
//! requests, and the one shape of failures.

use super::TICKETS;
use crate::harness::{Answer, App, Caller};
use api::{openapi::Access, routes::Route};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub const ABSENT: &str = "01999999-0000-7000-8000-000000000000";
pub const JSON: &str = "application/json";

/// Somebody for each route who may call it, and things for addresses to name.
pub struct Cast {
    pub nobody: Caller,
    pub customer: Caller,
    pub admin: Caller,
    pub ticket: String,
    pub person: String,
    device: String,
    message: String,
    webhook: String,
    delivery: String,
    notification: String,
}

impl Cast {
    pub async fn new(app: &App) -> Self {
        let (customer, admin) = (app.customer("Ann").await, app.admin("Eve").await);
        let ticket = customer.asks("general", "low").await;
        let said = admin.says(&ticket, "Hello.").await;
        let (webhook, delivery) = super::repeats::webhook(&admin).await;
        let notification = super::repeats::notification(app, &admin.id()).await;
        Self {
            webhook,
            delivery,
            notification,
            message: said.created()["message"]["id"].as_str().unwrap().to_owned(),
            nobody: app.stranger(),
            device: super::repeats::device(&admin).await,
            ticket,
            person: app.agent("Sam", "general").await.id(),
            customer,
            admin,
        }
    }

    /// A caller who is authorised for the route.
    pub fn who_may(&self, route: &Route) -> &Caller {
        match route.operation.access() {
            // Whom nobody but an admin may register.
            Access::Anybody if route.path.ends_with("/register") => &self.admin,
            Access::Anybody => &self.nobody,
            Access::Roles("customers") => &self.customer,
            Access::SignedIn | Access::Roles(_) => &self.admin,
        }
    }

    /// A signed-in caller who is not authorised for the route, if there is one.
    pub fn who_may_not(&self, route: &Route) -> Option<&Caller> {
        match route.operation.access() {
            Access::Anybody | Access::SignedIn => None,
            Access::Roles("customers") => Some(&self.admin),
            Access::Roles(_) => Some(&self.customer),
        }
    }

    /// An address that leads somewhere.
    pub fn path(&self, route: &Route) -> String {
        let id = if route.path.contains("/users/") {
            &self.person
        } else if route.path.contains("/push/") {
            &self.device
        } else if route.path.contains("/webhooks/") {
            &self.webhook
        } else if route.path.contains("/notifications/") {
            &self.notification
        } else {
            &self.ticket
        };
        self.path_of(route, id)
            .replace("{token}", "nonsense")
            .replace("{queue}", "email")
    }

    /// The address of what has this id.
    pub fn path_of(&self, route: &Route, id: &str) -> String {
        let path = route.path.replace("{id}", id);
        path.replace("{messageId}", &self.message)
            .replace("{deliveryId}", &self.delivery)
    }
}

/// A request, piece by piece.
#[derive(Clone, Default)]
pub struct Sent<'a> {
    pub path: String,
    pub content: &'a str,
    pub body: String,
    pub headers: Vec<(&'static str, String)>,
}

pub async fn sends(who: &Caller, method: &Method, sent: &Sent<'_>) -> Answer {
    let mut request = Request::builder().method(method).uri(&sent.path);
    if let Some(token) = who.token() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if !sent.content.is_empty() {
        request = request.header(header::CONTENT_TYPE, sent.content);
    }
    for (name, value) in &sent.headers {
        request = request.header(*name, value);
    }
    who.send(request.body(Body::from(sent.body.clone())).unwrap())
        .await
}

/// Fails unless it is a problem as the contract has it, and tells nothing of how it is made.
#[track_caller]
pub fn assert_is_problem(answer: &Answer, status: u16, code: &str, about: &str) {
    assert_eq!(answer.status, status, "{about}: {}", answer.body);
    assert_eq!(answer.body["code"], code, "{about}");
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json",
        "{about}"
    );
    let fields: Vec<_> = answer.body.as_object().unwrap().keys().collect();
    let expected = [
        "success",
        "type",
        "title",
        "status",
        "detail",
        "code",
        "errors",
        "requestId",
    ];
    assert_eq!(fields, expected, "{about}");
    assert_eq!(answer.body["success"], false, "{about}");
    assert_eq!(answer.body["status"], status, "{about}");
    assert_eq!(
        answer.body["requestId"].as_str().unwrap(),
        answer.headers["x-request-id"].to_str().unwrap(),
        "{about}"
    );
    for field_error in answer.body["errors"].as_array().unwrap() {
        let fields: Vec<_> = field_error.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["field", "code", "message"], "{about}");
    }
    let text = answer.body.to_string().to_lowercase();
    for inner in [
        "sqlx", "postgres", "select ", "panic", ".rs", "::", "tokio", "serde", "redis", "axum",
    ] {
        assert!(!text.contains(inner), "{about} tells {inner}: {text}");
    }
}

/// The routes that read JSON, each with a body that it takes.
pub fn readers() -> Vec<(Route, Value)> {
    let (_, routes) = api::routes::all();
    let readers: Vec<_> = routes
        .into_iter()
        .filter(|route| route.operation.is_listed())
        .filter_map(|route| {
            let example = route.operation.example()?.clone();
            Some((route, example))
        })
        .collect();
    assert!(!readers.is_empty());
    readers
}

#[tokio::test]
async fn a_method_that_a_path_does_not_take_is_told_those_that_it_takes() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let (_, routes) = api::routes::all();
    let mut paths: BTreeMap<String, BTreeSet<Word>> = BTreeMap::new();
    for route in &routes {
        let methods = paths.entry(cast.path(route)).or_default();
        methods.insert(Word(route.method.to_string()));
        if route.method == "GET" {
            methods.insert(Word("HEAD".to_owned()));
        }
    }
    let all = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    for (path, methods) in paths {
        for method in &all {
            if methods.contains(&Word(method.to_string())) {
                continue;
            }
            let sent = Sent {
                path: path.clone(),
                ..Sent::default()
            };
            let answer = sends(&cast.admin, method, &sent).await;
            let about = format!("{method} {path}");
            assert_is_problem(&answer, 405, "method_not_allowed", &about);
            let allow = answer.headers[header::ALLOW].to_str().unwrap();
            let allow: BTreeSet<Word> = allow
                .split(',')
                .map(|method| Word(method.trim().to_owned()))
                .collect();
            assert_eq!(allow, methods, "{about}");
        }
    }
}

/// The word of a method, which can be sorted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word(String);

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_alike_everywhere() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let before = app.fingerprint().await;
    for (route, example) in readers() {
        let large = format!("{{\"a\": \"{}\"}}", "x".repeat(1024 * 1024));
        let mut unknown = example.clone();
        unknown["nonsense"] = json!(1);
        let unknown = unknown.to_string();
        for (content, body, status, code) in [
            (JSON, large.as_str(), 413, "body_too_large"),
            ("", &unknown, 415, "json_needed"),
            ("text/plain", &unknown, 415, "json_needed"),
            ("multipart/form-data", &unknown, 415, "json_needed"),
            (JSON, "nonsense", 400, "malformed_json"),
            (JSON, "{\"a\": 1", 400, "malformed_json"),
            (JSON, "{} {}", 400, "malformed_json"),
            (JSON, "[]", 422, "object_needed"),
            (JSON, "null", 422, "object_needed"),
            (JSON, "\"text\"", 422, "object_needed"),
            (JSON, &unknown, 422, "invalid_fields"),
        ] {
            let sent = Sent {
                path: cast.path(&route),
                content,
                body: body.to_owned(),
                ..Sent::default()
            };
            let about = format!("{} {}: {content} {code}", route.method, route.path);
            let answer = sends(cast.who_may(&route), &route.method, &sent).await;
            assert_is_problem(&answer, status, code, &about);
            if code == "invalid_fields" {
                let errors = answer.body["errors"].as_array().unwrap();
                let named = errors.iter().any(|field_error| {
                    field_error["field"] == "nonsense" && field_error["code"] == "unknown_field"
                });
                assert!(named, "{about}: {errors:?}");
            } else {
                assert_eq!(answer.body["errors"], json!([]), "{about}");
            }
        }
    }
    assert_eq!(before, app.fingerprint().await);
}

#[tokio::test]
async fn every_answer_has_the_id_of_its_request() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let (_, routes) = api::routes::all();
    for route in &routes {
        for (sent, taken) in [
            ("of-the-caller_1.0", true),
            ("a b", false),
            ("<script>", false),
            ("", false),
        ] {
            let request = Sent {
                path: cast.path(route),
                headers: vec![("x-request-id", sent.to_owned())],
                ..Sent::default()
            };
            // Nobody is signed in, so that nothing is done; the pages have nothing to do.
            let answer = sends(&cast.nobody, &route.method, &request).await;
            let id = answer.headers["x-request-id"].to_str().unwrap();
            let about = format!("{} {}", route.method, route.path);
            assert_eq!(id == sent, taken, "{about}: {id}");
            if !taken {
                assert!(id.parse::<uuid::Uuid>().is_ok(), "{about}: {id}");
            }
            if answer.body["success"] == json!(false) {
                assert_eq!(answer.body["requestId"], id, "{about}");
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_names_nothing_sensible_is_told_apart_from_one_that_names_nothing() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let (_, routes) = api::routes::all();
    for route in routes.iter().filter(|route| route.path.contains("{id}")) {
        let about = format!("{} {}", route.method, route.path);
        let body = route
            .operation
            .example()
            .map_or_else(String::new, Value::to_string);
        let sent = |id: &str| Sent {
            path: cast.path_of(route, id),
            content: JSON,
            body: body.clone(),
            ..Sent::default()
        };
        let who = cast.who_may(route);
        for nonsense in ["nonsense", "%00", "%ff", "TKT-1-1", "..%2f.."] {
            let answer = sends(who, &route.method, &sent(nonsense)).await;
            assert_is_problem(&answer, 400, "invalid_query", &about);
            assert_eq!(answer.body["errors"][0]["field"], "id", "{about}");
        }
        let absent = if route.path.contains("/jobs/") {
            "999999999"
        } else {
            ABSENT
        };
        let answer = sends(who, &route.method, &sent(absent)).await;
        assert_is_problem(&answer, 404, "not_found", &about);
    }
    let nowhere = cast.admin.get("/api/v1/nowhere").await;
    assert_is_problem(&nowhere, 404, "no_such_path", "nowhere");
    let faulty = cast.admin.get(&format!("{TICKETS}?limit=0&status=x")).await;
    assert_is_problem(&faulty, 400, "invalid_query", "a list");
}

#[tokio::test]
async fn a_parameter_whose_bytes_are_no_text_is_refused_everywhere() {
    let app = App::new().await;
    let cast = Cast::new(&app).await;
    let (_, routes) = api::routes::all();
    let mut tried = 0;
    for route in &routes {
        for name in route.operation.parameters() {
            // The page of a survey looks for the link first: it has to be a real one.
            let secret = &app.cx.config.auth.jwt_secret;
            let survey = domain::tickets::survey::token(secret, cast.ticket.parse().unwrap(), 0);
            let there = cast.path(route).replace("/nonsense", &format!("/{survey}"));
            let path = format!("{there}?{name}=%ff");
            let who = cast.who_may(route);
            let answer = who.call(route.method.clone(), &path, None).await;
            assert_is_problem(&answer, 400, "invalid_query", &path);
            // What else is needed is not there.
            let errors = answer.body["errors"].as_array().unwrap();
            let of_it: Vec<_> = errors.iter().filter(|e| e["field"] == name).collect();
            assert_eq!(of_it.len(), 1, "{path}");
            assert_eq!(of_it[0]["code"], "not_utf8", "{path}");
            tried += 1;
        }
    }
    assert!(tried > 20, "only {tried}");
}
