//! The response headers in the document. Headers that responses of every operation have are described once,
//! and referenced.

use super::{Route, response_part::ResponseBody};
use crate::error::Problem;
use serde_json::{Map, Value, json};

/// The headers of some problems.
const OF_PROBLEMS: [&str; 2] = ["Retry-After", "WWW-Authenticate"];

/// The headers of every response.
const OF_ANY_RESPONSE: [&str; 1] = ["X-Request-Id"];
/// The headers of responses to calls that count towards a limit.
const OF_COUNTED_CALLS: [&str; 3] = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

/// The shared headers, by name.
pub(super) fn shared() -> Value {
    let number =
        |about: &str| json!({"description": about, "schema": {"type": "integer", "minimum": 0}});
    json!({
        "X-Request-Id": {
            "description": "The request id: that of the client, if it sent a well-formed one, else a new one.",
            "required": true,
            "schema": {"type": "string"},
        },
        "RateLimit-Limit": number(
            "The number of calls that are allowed in any 60 seconds. Absent, like the other two, where no limit is \
             configured.",
        ),
        "Location": header("The path of the created resource."),
        "ETag": header("The version of the ticket, for `If-Match`."),
        "Idempotency-Replayed": {
            "description": "Present where this is the first response again, to a repeat with the same `Idempotency-Key`.",
            "schema": {"type": "string", "const": "true"},
        },
        "Retry-After": header("The number of seconds after which to try again."),
        "WWW-Authenticate": header("The challenge (RFC 6750, section 3)."),
        "RateLimit-Remaining": number("The number of calls that are still allowed now."),
        "RateLimit-Reset": number("The number of seconds until more calls are allowed."),
    })
}

/// The headers of every response.
pub(super) fn of_any() -> Map<String, Value> {
    references(OF_ANY_RESPONSE.into_iter())
}

/// The headers of every failure. Those of calls that count towards a limit may be absent. Successes have them too: the
/// document says so once, at its top.
pub(super) fn of_failures() -> Map<String, Value> {
    references(OF_ANY_RESPONSE.into_iter().chain(OF_COUNTED_CALLS))
}

/// The further headers of the success of a route.
pub(super) fn of_success(route: &Route) -> Map<String, Value> {
    let operation = &route.operation;
    let mut headers = Map::new();
    if matches!(operation.response_body, ResponseBody::File) {
        headers.extend(of_files());
    }
    let shared = [
        ("Location", operation.status == 201),
        ("ETag", operation.has_etag),
        ("Idempotency-Replayed", route.takes_key()),
    ];
    let shared = shared
        .into_iter()
        .filter_map(|(name, has)| has.then_some(name));
    headers.extend(references(shared));
    if operation.has_table {
        let about = "The version of the figures. Send it in `If-None-Match`: the response is 304 if they are still the same.";
        headers.insert("ETag".to_owned(), header(about));
    }
    headers
}

/// The headers of these problems.
pub(super) fn of_problems(problems: &[&Problem]) -> Map<String, Value> {
    references(OF_PROBLEMS.into_iter().filter(|name| {
        let mut problems = problems.iter();
        problems.any(|problem| problem.headers().contains_key(*name))
    }))
}

fn references(names: impl Iterator<Item = &'static str>) -> Map<String, Value> {
    let references = names.map(|name| {
        let place = format!("#/components/headers/{name}");
        (name.to_owned(), json!({"$ref": place}))
    });
    references.collect()
}

/// The headers of a file.
fn of_files() -> Map<String, Value> {
    let always =
        |about: &str| json!({"description": about, "required": true, "schema": {"type": "string"}});
    [
        (
            "Content-Type",
            "The type of the file, as found from its bytes.",
        ),
        ("Content-Length", "The size of the file in bytes."),
        (
            "Content-Disposition",
            "`attachment`, with the name under which to save the file (RFC 6266).",
        ),
        ("X-Content-Type-Options", "`nosniff`."),
        (
            "Content-Security-Policy",
            "`sandbox`: scripts in the file do not run.",
        ),
        ("Cache-Control", "`private, no-store`."),
    ]
    .into_iter()
    .map(|(name, about)| (name.to_owned(), always(about)))
    .collect()
}

fn header(about: &str) -> Value {
    json!({"description": about, "schema": {"type": "string"}})
}
