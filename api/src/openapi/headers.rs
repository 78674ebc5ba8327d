//! What the document says of the headers of answers. Those that answers of every kind have are written
//! down once, and referred to.

use super::{Route, part::Answers};
use crate::error::Problem;
use serde_json::{Map, Value, json};

/// What problems of some codes come with.
const OF_PROBLEMS: [(&str, &str); 2] = [
    ("Retry-After", "Seconds after which to try again."),
    (
        "WWW-Authenticate",
        "What is asked for (RFC 6750, section 3).",
    ),
];

/// What every answer has.
const OF_ANY_ANSWER: [&str; 1] = ["X-Request-Id"];
/// What answers to calls have that count towards a limit.
const OF_COUNTED_CALLS: [&str; 3] = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

/// The headers that answers refer to, by name.
pub(super) fn shared() -> Value {
    let number =
        |about: &str| json!({"description": about, "schema": {"type": "integer", "minimum": 0}});
    json!({
        "X-Request-Id": {
            "description": "The caller's, if it sent a sane one, else one of ours.",
            "required": true,
            "schema": {"type": "string"},
        },
        "RateLimit-Limit": number("Calls in any 60 seconds; absent, like the other two, where no limit is kept."),
        "RateLimit-Remaining": number("Calls that would be let through now."),
        "RateLimit-Reset": number("Seconds until there is more room."),
    })
}

/// What any answer of that route has.
pub(super) fn of_any(route: &Route) -> Map<String, Value> {
    let of_calls = OF_COUNTED_CALLS
        .into_iter()
        .filter(|_| route.limit.is_some());
    let names = OF_ANY_ANSWER.into_iter().chain(of_calls);
    names
        .map(|name| {
            let place = format!("#/components/headers/{name}");
            (name.to_owned(), json!({"$ref": place}))
        })
        .collect()
}

/// What the success of a route has besides.
pub(super) fn of_success(route: &Route) -> Map<String, Value> {
    let operation = &route.operation;
    let mut headers = Map::new();
    if matches!(operation.answers, Answers::File) {
        headers.extend(of_files());
    }
    let mut add = |name: &str, header: Value| headers.insert(name.to_owned(), header);
    if operation.status == 201 {
        add("Location", header("The path of what was created."));
    }
    let example = operation.answers.example(operation.moment);
    if example.get("ticket").is_some_and(Value::is_object) {
        add("ETag", header("The ticket's version, for `If-Match`."));
    }
    if route.takes_key() {
        let about =
            "That this is the first answer again, of a call with the same `Idempotency-Key`.";
        let replayed = json!({"description": about, "schema": {"type": "string", "const": "true"}});
        add("Idempotency-Replayed", replayed);
    }
    headers
}

/// What comes with any of these problems.
pub(super) fn of_problems(problems: &[&Problem]) -> Map<String, Value> {
    let has = |name: &str| {
        let mut problems = problems.iter();
        problems.any(|problem| problem.headers().contains_key(name))
    };
    OF_PROBLEMS
        .into_iter()
        .filter(|(name, _)| has(name))
        .map(|(name, about)| (name.to_owned(), header(about)))
        .collect()
}

/// What an answer that is a file tells of it.
fn of_files() -> Map<String, Value> {
    let always =
        |about: &str| json!({"description": about, "required": true, "schema": {"type": "string"}});
    [
        ("Content-Type", "What the file is, by its bytes."),
        ("Content-Length", "Its size."),
        (
            "Content-Disposition",
            "`attachment`, with the name to save it under (RFC 6266).",
        ),
        ("X-Content-Type-Options", "`nosniff`."),
        (
            "Content-Security-Policy",
            "`sandbox`: nothing in it may act.",
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
