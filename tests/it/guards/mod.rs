//! The layers around every route: idempotency keys, limits, origins, headers.

mod answers;
mod compression;
mod idempotency;
mod limits;
mod origins;
mod parameters;
mod precedence;
pub mod prepared;
mod repeats;
mod statements;
mod tokens;
mod walk;

pub use limits::until_refused;

use crate::harness::Caller;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

const TICKETS: &str = "/api/v1/support/tickets";

fn help() -> Value {
    json!({"subject": "Help", "description": "Please."})
}

/// A request of the caller's with headers of its own.
fn request(
    caller: &Caller,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = caller.token() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if body.is_null() {
        return request.body(Body::empty()).unwrap();
    }
    request
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}
