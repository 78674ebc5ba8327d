//! Which responses are compressed, and that nothing else changes by it.

use super::{TICKETS, help, request};
use crate::harness::{Answer, App};
use axum::http::{Method, header};
use serde_json::{Value, json};

const DOCUMENT: &str = "/api/v1/openapi.json";

fn coding(answer: &Answer) -> Option<&str> {
    let coding = answer.headers.get(header::CONTENT_ENCODING)?;
    coding.to_str().ok()
}

#[tokio::test]
async fn a_large_response_is_compressed_as_the_client_prefers() {
    let app = App::new().await;
    let nobody = app.stranger();
    let plain = nobody.get(DOCUMENT).await;
    assert_eq!(coding(&plain), None);
    let plain_size = plain.body.to_string().len();
    for (accepted, expected) in [
        ("gzip", Some("gzip")),
        ("br", Some("br")),
        ("gzip;q=0.5, br", Some("br")),
        ("deflate", None),
        ("identity;q=0", None),
        ("*;q=0", None),
        ("gzip;q=0", None),
    ] {
        let sent = [("accept-encoding", accepted)];
        for method in [Method::GET, Method::HEAD] {
            let sent = request(&nobody, method.clone(), DOCUMENT, &sent, &Value::Null);
            let (status, headers, body) = nobody.raw(sent).await;
            assert_eq!(status, 200, "{method} {accepted}");
            let coding = headers.get(header::CONTENT_ENCODING);
            let coding = coding.map(|coding| coding.to_str().unwrap());
            assert_eq!(coding, expected, "{method} {accepted}");
            let length = headers.get(header::CONTENT_LENGTH);
            match (expected, method == Method::HEAD) {
                // The length of the compressed body is known only when it has been made.
                (Some(_), true) => assert!(length.is_none() && body.is_empty()),
                (Some(_), false) => {
                    assert!(length.is_none() && body.len() * 4 < plain_size);
                    assert_eq!(headers[header::VARY], "accept-encoding");
                }
                (None, true) => assert!(body.is_empty()),
                (None, false) => assert_eq!(body.len(), plain_size),
            }
        }
    }
}

#[tokio::test]
async fn small_versioned_and_secret_responses_are_never_compressed() {
    let app = App::new().await;
    let (ann, eve) = (app.customer("Ann").await, app.admin("Eve").await);
    let mut long = help();
    long["description"] = json!("a long text ".repeat(1_000));
    let id = ann.opens(long).await;
    let gzip = [("accept-encoding", "gzip, br")];
    let get = |path: &str| request(&ann, Method::GET, path, &gzip, &Value::Null);
    let ticket = ann.raw(get(&format!("{TICKETS}/{id}"))).await;
    assert!(ticket.1.contains_key(header::ETAG));
    assert!(
        !ticket.1.contains_key(header::CONTENT_ENCODING),
        "the tag is of the plain form"
    );
    let list = ann.raw(get(TICKETS)).await;
    assert_eq!(list.1[header::CONTENT_ENCODING], "br", "a list has no tag");
    let me = ann.raw(get("/api/v1/auth/me")).await;
    assert!(!me.1.contains_key(header::CONTENT_ENCODING), "small");
    let shift = json!({"day": "mon", "start": "08:00", "end": "17:00"});
    let sarah = json!({
        "firstName": "Sarah", "lastName": "Otieno", "email": "sarah@example.com", "role": "support",
        "phoneNumber": "+254712345678", "password": "SecurePass123!",
        "supportInfo": {"department": "technical", "shiftSchedule": vec![shift; 50], "specializations": vec!["x".repeat(50); 20]},
    });
    eve.post("/api/v1/auth/register", sarah).await.created();
    let login = json!({"email": "sarah@example.com", "password": "SecurePass123!"});
    let nobody = app.stranger();
    let login = request(&nobody, Method::POST, "/api/v1/auth/login", &gzip, &login);
    let (status, headers, body) = nobody.raw(login).await;
    assert_eq!(status, 200);
    assert!(body.len() > 4 * 1024, "{} bytes with tokens", body.len());
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
}
