//! What the document says of the answers of an operation: its success, and its failures with examples.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: what is not there reads as null, and is made when it is written"
)]

use super::{Operation, failures, headers};
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
        responses.insert(status.to_string(), response(*status, &Map::new(), &page()));
    }
    for (status, codes) in operation.failures(route.path) {
        let failure = failure(route, status, &codes, examples);
        match responses.get_mut(&status.to_string()) {
            Some(page) => {
                let problem = &failure["content"]["application/problem+json"];
                page["content"]["application/problem+json"] = problem.clone();
                page["headers"] = failure["headers"].clone();
            }
            None => {
                responses.insert(status.to_string(), failure);
            }
        }
    }
    for answer in responses.values_mut() {
        if let Some(told) = answer["headers"].as_object_mut() {
            told.extend(headers::of_any(route.path));
        }
    }
    Value::Object(responses)
}

fn success(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let content = if operation.pages {
        page()
    } else if let Some(content_type) = operation.text {
        let kind = content_type.split(';').next().unwrap_or(content_type);
        let example =
            "# TYPE support_dead_jobs gauge\nsupport_dead_jobs{queue=\"email\"} 0\n# EOF\n";
        json!({kind: {"schema": {"type": "string"}, "example": example}})
    } else if operation.bytes {
        let file = json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"});
        json!({"*/*": {"schema": file}})
    } else {
        let (schema, example) = (operation.success(generator), operation.success_example());
        json!({"application/json": {"schema": schema, "example": example}})
    };
    response(operation.status, &headers::of_success(operation), &content)
}

/// Problems that read the same for several operations are written down once.
fn failure(
    route: &Route,
    status: u16,
    codes: &BTreeSet<&'static str>,
    examples: &mut Map<String, Value>,
) -> Value {
    let (problem, others) = failures::examples(&route.operation, route.path, status, codes);
    let example = json!({"summary": problem.code(), "value": problem.document(REQUEST)});
    let known = examples
        .entry(problem.code())
        .or_insert_with(|| example.clone());
    let example = if *known == example {
        json!({"$ref": format!("#/components/examples/{}", problem.code())})
    } else {
        example
    };
    let all: Vec<_> = std::iter::once(&problem).chain(&others).collect();
    let content = json!({"application/problem+json": {
        "schema": {
            "$ref": "#/components/schemas/Problem",
            "properties": {"code": {"enum": codes}},
        },
        "examples": {problem.code(): example},
    }});
    response(status, &headers::of_problems(&all), &content)
}

/// An answer of that status, with a body of one of these types.
fn response(status: u16, headers: &Map<String, Value>, content: &Value) -> Value {
    json!({"description": reason(status), "headers": headers, "content": content})
}

fn page() -> Value {
    json!({"text/html": {"schema": {"type": "string"}}})
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Answer")
}
