//! A write to a hidden ticket is refused like a write to an absent one, and changes nothing.

use super::world::{World, hidden_ticket};
use crate::harness::{Answer, App, Caller};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::Value;

const ABSENT: &str = "01999999-0000-7000-8000-000000000000";

/// The request that would do it, if the caller might.
async fn sends(caller: &Caller, method: &Method, path: &str, body: Option<&Value>) -> Answer {
    let token = caller.token().unwrap();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        // Neither a version nor a key tells a ticket that is there from one that is not.
        .header(header::IF_MATCH, "\"999\"")
        .header("idempotency-key", path);
    let request = match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    let mut answer = caller.send(request.unwrap()).await;
    answer.body["requestId"] = Value::Null;
    answer.headers.remove("x-request-id");
    answer
}

#[tokio::test]
async fn a_write_to_what_is_hidden_is_refused_like_one_to_nothing_and_changes_nothing() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let ticket = hidden_ticket(&app, &world).await;
    let message = world.kim.ticket(&ticket.id).await["messages"][0]["id"].clone();
    let message = message.as_str().unwrap();
    let before = app.fingerprint().await;
    let (_, routes) = api::routes::all();
    let writes = routes.iter().filter(|route| route.method != "GET");
    for route in writes.filter(|route| route.path.contains("{id}")) {
        let (present, who_may) = if route.path.contains("/users/") {
            (world.kim.id(), "admins alone")
        } else {
            (ticket.id.clone(), "who sees it")
        };
        let body = route.operation.example();
        for caller in [&world.zoe, &world.sam] {
            let path = |id: &str| {
                let path = route.path.replace("{id}", id);
                path.replace("{messageId}", message)
            };
            let hidden = sends(caller, &route.method, &path(&present), body).await;
            let absent = sends(caller, &route.method, &path(ABSENT), body).await;
            let about = format!("{} {}, for {who_may}", route.method, route.path);
            assert!([403, 404].contains(&hidden.status.as_u16()), "{about}");
            assert_eq!(hidden.status, absent.status, "{about}");
            assert_eq!(hidden.headers, absent.headers, "{about}");
            assert_eq!(hidden.body, absent.body, "{about}");
        }
        assert_eq!(
            before,
            app.fingerprint().await,
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[tokio::test]
async fn a_forbidden_operation_changes_nothing() {
    let app = App::new().await;
    let world = World::new(&app).await;
    let before = app.fingerprint().await;
    let (_, routes) = api::routes::all();
    for route in &routes {
        let own = route.path.contains("{id}") || route.path.contains("{token}");
        if route.method == "GET" || own {
            continue;
        }
        let api::openapi::Access::Roles(_) = route.operation.access() else {
            continue;
        };
        let body = route.operation.example();
        let refused = sends(&world.zoe, &route.method, route.path, body).await;
        assert_eq!(refused.refused(403), "role_not_allowed");
        if route.path.contains("/admin/") {
            let refused = sends(&world.sam, &route.method, route.path, body).await;
            assert_eq!(refused.refused(403), "role_not_allowed");
        }
        assert_eq!(
            before,
            app.fingerprint().await,
            "{} {}",
            route.method,
            route.path
        );
    }
}
