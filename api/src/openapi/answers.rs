//! What the document says of the answers of an operation: its success, and its failures with examples.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: what is not there reads as null, and is made when it is written"
)]

use super::{Operation, failures};
use crate::routes::Route;
use axum::http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The request that all examples of failures answer.
const REQUEST: &str = "01999ec9-0c00-7000-8000-000000000000";

/// Every answer that a route may give, by status.
pub(super) fn responses(
    route: &Route,
    generator: &mut SchemaGenerator,
    examples: &mut Map<String, Value>,
) -> Value {
    let operation = &route.operation;
    let success = success(operation, generator);
    let mut responses = Map::from_iter([(operation.status.to_string(), success)]);
    for status in operation.page_statuses {
        responses.insert(status.to_string(), html(*status));
    }
    for (status, codes) in operation.failures(route.path) {
        let failure = failure(route, status, &codes, examples);
        match responses.get_mut(&status.to_string()) {
            Some(page) => {
                let problem = &failure["content"]["application/problem+json"];
                page["content"]["application/problem+json"] = problem.clone();
            }
            None => {
                responses.insert(status.to_string(), failure);
            }
        }
    }
    Value::Object(responses)
}

/// What an answer that is a file tells of it.
fn file_headers() -> Value {
    let header =
        |about: &str| json!({"description": about, "required": true, "schema": {"type": "string"}});
    json!({
        "Content-Type": header("What the file is, by its bytes."),
        "Content-Length": header("Its size."),
        "Content-Disposition": header("`attachment`, with the name to save it under (RFC 6266)."),
        "X-Content-Type-Options": header("`nosniff`."),
        "Content-Security-Policy": header("`sandbox`: nothing in it may act."),
        "Cache-Control": header("`private, no-store`."),
    })
}

fn success(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    if operation.pages {
        return html(operation.status);
    }
    if let Some(content_type) = operation.text {
        let kind = content_type.split(';').next().unwrap_or(content_type);
        let example =
            "# TYPE support_dead_jobs gauge\nsupport_dead_jobs{queue=\"email\"} 0\n# EOF\n";
        let content = json!({kind: {"schema": {"type": "string"}, "example": example}});
        return json!({"description": reason(operation.status), "content": content});
    }
    if operation.bytes {
        let file = json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"});
        return json!({
            "description": reason(operation.status),
            "headers": file_headers(),
            "content": {"*/*": {"schema": file}},
        });
    }
    let (schema, example) = (operation.success(generator), operation.success_example());
    let mut headers = Map::new();
    if operation.status == 201 {
        headers.insert(
            "Location".to_owned(),
            header("The path of what was created."),
        );
    }
    if example["ticket"].is_object() {
        let about = "The ticket's version, for `If-Match`.";
        headers.insert("ETag".to_owned(), header(about));
    }
    json!({
        "description": reason(operation.status),
        "headers": headers,
        "content": {"application/json": {"schema": schema, "example": example}},
    })
}

/// Problems that read the same for several operations are written down once.
fn failure(
    route: &Route,
    status: u16,
    codes: &BTreeSet<&'static str>,
    examples: &mut Map<String, Value>,
) -> Value {
    let problem = failures::example(&route.operation, route.path, status, codes);
    let example = json!({"summary": problem.code(), "value": problem.document(REQUEST)});
    let known = examples
        .entry(problem.code())
        .or_insert_with(|| example.clone());
    let example = if *known == example {
        json!({"$ref": format!("#/components/examples/{}", problem.code())})
    } else {
        example
    };
    let headers = [
        ("Retry-After", "Seconds after which to try again."),
        (
            "WWW-Authenticate",
            "What is asked for (RFC 6750, section 3).",
        ),
    ];
    let headers = headers.into_iter();
    let headers = headers.filter(|(name, _)| problem.headers().contains_key(*name));
    let headers = headers.map(|(name, about)| (name.to_owned(), header(about)));
    json!({
        "description": reason(status),
        "headers": Value::Object(headers.collect()),
        "content": {"application/problem+json": {
            "schema": {
                "$ref": "#/components/schemas/Problem",
                "properties": {"code": {"enum": codes}},
            },
            "examples": {problem.code(): example},
        }},
    })
}

fn html(status: u16) -> Value {
    let content = json!({"text/html": {"schema": {"type": "string"}}});
    json!({"description": reason(status), "content": content})
}

fn header(about: &str) -> Value {
    json!({"description": about, "schema": {"type": "string"}})
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Answer")
}
