//! The responses of an operation in the document: its success, and its failures with examples.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use super::{Route, failures, headers, response_part::ResponseBody};
use axum::http::StatusCode;
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The request id in the examples of failures.
const REQUEST: &str = "01999ec9-0c00-7000-8000-000000000000";

/// Every response of a route, by status.
pub(super) fn responses(
    route: &Route,
    generator: &mut SchemaGenerator,
    examples: &mut Map<String, Value>,
) -> Value {
    let operation = &route.operation;
    let success = success(route, generator);
    let mut responses = Map::from_iter([(operation.status.to_string(), success)]);
    if let ResponseBody::Page(refusals) = operation.response_body {
        for status in refusals {
            responses.insert(status.to_string(), response(*status, &Map::new(), &page()));
        }
    }
    for (status, codes) in route.failures() {
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
    for response in responses.values_mut() {
        if let Some(own) = response["headers"].as_object_mut() {
            own.extend(headers::of_any(route));
        }
    }
    Value::Object(responses)
}

fn success(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let operation = &route.operation;
    let content = match &operation.response_body {
        ResponseBody::Page(_) => page(),
        ResponseBody::Text(content_type, example) => {
            let kind = content_type.split(';').next().unwrap_or(content_type);
            json!({kind: {"schema": {"type": "string"}, "example": example}})
        }
        ResponseBody::File => {
            let file = json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"});
            json!({"*/*": {"schema": file}})
        }
        answers @ (ResponseBody::Whole(_) | ResponseBody::Fields(..)) => {
            let example = answers.example(operation.example_stage);
            json!({"application/json": {"schema": answers.schema(generator), "example": example}})
        }
    };
    response(operation.status, &headers::of_success(route), &content)
}

/// The response of a failure. A problem that is equal in several operations is a shared example.
fn failure(
    route: &Route,
    status: u16,
    codes: &BTreeSet<&'static str>,
    examples: &mut Map<String, Value>,
) -> Value {
    let (problem, others) = failures::examples(route, status, codes);
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

/// A response of that status, with a body of one of these content types.
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
        .unwrap_or("Response")
}
