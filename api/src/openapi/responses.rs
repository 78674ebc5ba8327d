//! The responses of an operation in the document. Its success is its own; failures are the same for all operations, and
//! described once for each status, with an example for each code.

use super::{Route, components::Components, failures, headers, response_part::ResponseBody};
use crate::error::Problem;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The request id in the examples of failures.
const REQUEST: &str = "01999ec9-0c00-7000-8000-000000000000";

/// The beginning of a table, as an example of all of them.
const TABLE: &str = "startDate,endDate,total,open\n2025-10-01,2025-10-01,128,7\n";

/// The statuses of failures: the name of the response in the document, and when it is sent.
const FAILURES: &[(u16, &str, &str)] = &[
    (
        400,
        "BadRequest",
        "The body is not JSON, or a value of the query, the path or a header cannot be read.",
    ),
    (
        401,
        "Unauthorized",
        "There is no valid token, or the credentials are wrong.",
    ),
    (403, "Forbidden", "The caller may not do this."),
    (
        404,
        "NotFound",
        "There is no such resource, or the caller may not see it.",
    ),
    (
        409,
        "Conflict",
        "The present state does not allow this: `detail` names the state and what it allows.",
    ),
    (410, "Gone", "What was asked for is no longer kept."),
    (
        412,
        "PreconditionFailed",
        "`If-Match` was sent, and the ticket has changed since: read it again, then decide.",
    ),
    (413, "ContentTooLarge", "The body is too large."),
    (
        415,
        "UnsupportedMediaType",
        "The body has another content type than the operation reads, or is compressed.",
    ),
    (
        422,
        "UnprocessableContent",
        "Fields of the body or parameters of the query are wrong: `errors` names each of them.",
    ),
    (
        429,
        "TooManyRequests",
        "The caller has sent too many requests: `Retry-After` has the seconds to wait.",
    ),
    (
        500,
        "InternalServerError",
        "Something went wrong on our side: quote `requestId` when you report it.",
    ),
    (
        503,
        "ServiceUnavailable",
        "A service that the request needs is unavailable: try again after `Retry-After` seconds.",
    ),
];

/// The problems of all operations, by status and code.
#[derive(Default)]
pub(super) struct Failures(BTreeMap<u16, BTreeMap<&'static str, Problem>>);

impl Failures {
    /// Adds the problems of a route.
    fn add(&mut self, route: &Route, status: u16, codes: &BTreeSet<&'static str>) {
        let known = self.0.entry(status).or_default();
        for problem in failures::examples(route, status, codes) {
            known.entry(problem.code()).or_insert(problem);
        }
    }

    /// The examples of all problems, by their codes.
    pub fn examples(&self) -> Map<String, Value> {
        let problems = self.0.values().flat_map(BTreeMap::values);
        let examples = problems.map(|problem| {
            let example = json!({"summary": problem.code(), "value": problem.document(REQUEST)});
            (problem.code().to_owned(), example)
        });
        examples.collect()
    }

    /// The responses, by the names of their statuses.
    pub fn responses(&self) -> Map<String, Value> {
        let described = FAILURES.iter().filter_map(|(status, name, about)| {
            let problems: Vec<_> = self.0.get(status)?.values().collect();
            let examples = problems.iter().map(|problem| {
                let code = problem.code();
                let example = json!({"$ref": format!("#/components/examples/{code}")});
                (code.to_owned(), example)
            });
            let examples: Map<String, Value> = examples.collect();
            let mut headers = headers::of_problems(&problems);
            headers.extend(headers::of_failures());
            let content = json!({"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": examples,
            }});
            Some(((*name).to_owned(), response(about, &headers, &content)))
        });
        described.collect()
    }
}

/// Every response of a route, by status.
pub(super) fn responses(
    route: &Route,
    components: &mut Components,
    failures: &mut Failures,
) -> Value {
    let success = success(route, components);
    let mut responses = Map::from_iter([(route.operation.status.to_string(), success)]);
    for (status, codes) in route.failures() {
        failures.add(route, status, &codes);
        let name = FAILURES.iter().find(|(known, ..)| *known == status);
        let name = name.map_or("InternalServerError", |(_, name, _)| name);
        let reference = json!({"$ref": format!("#/components/responses/{name}")});
        responses.insert(status.to_string(), reference);
    }
    Value::Object(responses)
}

fn success(route: &Route, components: &mut Components) -> Value {
    let operation = &route.operation;
    let content = match &operation.response_body {
        ResponseBody::Page => json!({"text/html": {"schema": {"type": "string"}}}),
        ResponseBody::Nothing => json!({}),
        ResponseBody::Text(content_type, example) => {
            let kind = content_type.split(';').next().unwrap_or(content_type);
            json!({kind: {"schema": {"type": "string"}, "example": example}})
        }
        ResponseBody::File => {
            let file = json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"});
            json!({"*/*": {"schema": file}})
        }
        answers @ (ResponseBody::Whole(_) | ResponseBody::Fields(_) | ResponseBody::Either(..)) => {
            let example = answers.example(operation.example_stage);
            let body = json!({"schema": answers.schema(components), "example": example});
            if operation.has_table {
                json!({"application/json": body, "text/csv": {"schema": {"type": "string"}, "example": TABLE}})
            } else {
                json!({"application/json": body})
            }
        }
    };
    let about = match StatusCode::from_u16(operation.status) {
        Ok(StatusCode::CREATED) => "The resource was created. `Location` has its path.",
        _ => "The operation was successful.",
    };
    let mut headers = headers::of_success(route);
    headers.extend(headers::of_any());
    response(about, &headers, &content)
}

/// A response with a body of one of these content types.
fn response(about: &str, headers: &Map<String, Value>, content: &Value) -> Value {
    json!({"description": about, "headers": headers, "content": content})
}
