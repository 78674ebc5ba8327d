//! CORS: only pages of the configured origins may call.

use super::{TICKETS, help, request};
use crate::harness::App;
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use serde_json::Value;

const OURS: &str = "https://app.example.com";
const NAMED: (&str, &str) = (
    "CORS_ORIGINS",
    "https://app.example.com, http://localhost:3000",
);

fn preflight(path: &str, origin: &str, method: &Method) -> Request<Body> {
    Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, method.as_str())
        .header(
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            "authorization, content-type, idempotency-key, if-match, x-request-id",
        )
        .body(Body::empty())
        .unwrap()
}

fn listed(headers: &HeaderMap, name: &str) -> Vec<String> {
    let text = headers[name].to_str().unwrap().to_ascii_lowercase();
    text.split(',').map(|word| word.trim().to_owned()).collect()
}

#[tokio::test]
async fn preflights_work_on_every_route_without_a_token() {
    let app = App::with(&[NAMED]).await;
    let stranger = app.stranger();
    let (_, routes) = api::routes::all();
    for route in routes {
        let answer = stranger
            .send(preflight(route.path, OURS, &route.method))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{route:?}");
        let headers = &answer.headers;
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], OURS);
        let methods = listed(headers, "access-control-allow-methods");
        assert!(methods.contains(&route.method.as_str().to_ascii_lowercase()));
        let allowed = listed(headers, "access-control-allow-headers");
        for name in [
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "x-request-id",
        ] {
            assert!(allowed.contains(&name.to_owned()), "{name}");
        }
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
        assert!(headers.contains_key("x-request-id"));
    }
}

#[tokio::test]
async fn a_page_may_read_what_clients_need_of_successes_and_of_failures() {
    let app = App::with(&[NAMED]).await;
    let ann = app.customer("Ann").await;
    let from = [("origin", "http://localhost:3000")];
    let made = request(&ann, Method::POST, TICKETS, &from, &help());
    let failed = request(&app.stranger(), Method::GET, TICKETS, &from, &Value::Null);
    for request in [made, failed] {
        let answer = ann.send(request).await;
        let headers = &answer.headers;
        assert_eq!(
            headers[header::ACCESS_CONTROL_ALLOW_ORIGIN],
            "http://localhost:3000"
        );
        assert!(listed(headers, "vary").contains(&"origin".to_owned()));
        let exposed = listed(headers, "access-control-expose-headers");
        for name in [
            "etag",
            "location",
            "x-request-id",
            "ratelimit-limit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "retry-after",
        ] {
            assert!(exposed.contains(&name.to_owned()), "{name}");
        }
    }
}

#[tokio::test]
async fn other_origins_are_not_named_in_any_answer() {
    let named = App::with(&[NAMED]).await;
    let none = App::new().await;
    for app in [named, none] {
        for origin in [
            "https://evil.example.com",
            "https://app.example.com.evil.example",
            "null",
        ] {
            let stranger = app.stranger();
            let preflight = preflight(TICKETS, origin, &Method::POST);
            let plain = request(
                &stranger,
                Method::GET,
                TICKETS,
                &[("origin", origin)],
                &Value::Null,
            );
            for request in [preflight, plain] {
                let headers = stranger.send(request).await.headers;
                assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
            }
        }
    }
}
