//! The whole document.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: what is not there reads as null, and is made when it is written"
)]

use super::{Operation, Who};
use crate::routes::Route;
use axum::http::StatusCode;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use shared::jobs::Queue;

const ABOUT: &str = "\
Customer-support ticketing: tickets, messages, assignment, escalation, service levels, ratings, statistics.\n\n\
Every success is `{\"success\": true, …}`. Every failure is `application/problem+json` (RFC 9457) with a stable `code`, and \
with `errors` that name each field at fault. Times are RFC 3339 in UTC with milliseconds, durations are minutes, ids are \
UUIDs. A thing that you may not see answers like one that does not exist: 404.";

/// What names a ticket: a UUID or `TKT-…-…`.
const TICKET: &str =
    "^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|TKT-[0-9]{1,12}-[0-9]{6,12})$";

/// The document of these routes.
#[must_use]
pub fn document(routes: &[Route], version: &str) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let operation = described(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {"title": "BaiTech Support", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

fn described(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let operation = &route.operation;
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [tag(route.path)],
        "parameters": parameters(route),
        "responses": responses(route, generator),
        "security": security(operation.who),
    });
    let role = match operation.who {
        Who::Roles(whom) => format!("For {whom}. "),
        Who::Anybody | Who::SignedIn => String::new(),
    };
    let about = format!("{role}{}", operation.about);
    if !about.is_empty() {
        described["description"] = json!(about);
    }
    if let Some(field) = operation.upload {
        // `format` is how OpenAPI 3.0 said it, and what many programs still look for.
        let file = json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"});
        described["requestBody"] = json!({
            "required": true,
            "content": {"multipart/form-data": {"schema": {
                "type": "object",
                "properties": {field: file},
                "required": [field],
                "additionalProperties": false,
            }}},
        });
    }
    if let Some((schema, _)) = &operation.body {
        described["requestBody"] = json!({
            "required": !operation.body_is_optional,
            "content": {media_in(operation): {"schema": schema, "example": operation.example}},
        });
    }
    described
}

/// Pages have forms, everything else is JSON.
fn media_in(operation: &Operation) -> &'static str {
    if operation.pages {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    }
}

fn tag(path: &str) -> &str {
    path.trim_start_matches("/api/v1/")
        .trim_start_matches("support/")
        .split('/')
        .find(|part| !part.is_empty())
        .unwrap_or("api")
}

fn security(who: Who) -> Value {
    match who {
        Who::Anybody => json!([]),
        Who::SignedIn | Who::Roles(_) => json!([{"bearer": []}]),
    }
}

fn parameters(route: &Route) -> Value {
    let mut parameters = Vec::new();
    for name in route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    {
        let (about, schema) = match name {
            "id" if !route.path.contains("/tickets/") => {
                ("An id.", json!({"type": "string", "format": "uuid"}))
            }
            "id" if route.path.contains("/jobs/") => (
                "The number of a job.",
                json!({"type": "integer", "format": "int64", "minimum": 1}),
            ),
            "queue" => (
                "A queue.",
                Queue::json_schema(&mut SchemaGenerator::default()).to_value(),
            ),
            "id" => (
                "An id, or a ticket's number.",
                json!({"type": "string", "pattern": TICKET}),
            ),
            _ => ("As it stands in the link.", json!({"type": "string"})),
        };
        parameters.push(json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema}));
    }
    let query = route
        .operation
        .query
        .as_ref()
        .and_then(|(schema, _)| schema["properties"].as_object());
    for (name, schema) in query.into_iter().flatten() {
        parameters.push(json!({"name": name, "in": "query", "schema": not_nullable(schema)}));
    }
    if route.operation.takes_version {
        let about = "The `ETag` of the ticket as you have seen it: 412 when it has changed since.";
        parameters.push(json!({"name": "If-Match", "in": "header", "description": about, "schema": {"type": "string", "pattern": "^\"[0-9]{1,18}\"$"}}));
    }
    if route.operation.once {
        let about = "Makes a repeat within 24 hours answer as the first call did, and do nothing.";
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "description": about, "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}));
    }
    json!(parameters)
}

/// A parameter of a query is there or not; it is never null.
fn not_nullable(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(kind) = schema["type"]
        .as_array()
        .and_then(|kinds| kinds.first())
        .cloned()
    {
        schema["type"] = kind;
    }
    if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        words.retain(|word| !word.is_null());
    }
    schema
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let operation = &route.operation;
    let mut responses = Map::new();
    let content = if operation.pages {
        json!({"text/html": {"schema": {"type": "string"}}})
    } else if operation.bytes {
        json!({"*/*": {"schema": {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}}})
    } else {
        json!({"application/json": {"schema": operation.success(generator)}})
    };
    let mut success = json!({"description": reason(operation.status), "content": content});
    if operation.status == 201 {
        success["headers"] = json!({"Location": {"description": "The path of what was created.", "schema": {"type": "string"}}});
    }
    if operation.bytes {
        success["headers"] = file_headers();
    }
    responses.insert(operation.status.to_string(), success);
    for status in operation.page_statuses {
        let page = json!({"text/html": {"schema": {"type": "string"}}});
        responses.insert(
            status.to_string(),
            json!({"description": reason(*status), "content": page}),
        );
    }
    for (status, codes) in operation.failures(route.path) {
        let described = responses
            .entry(status.to_string())
            .or_insert_with(|| json!({"description": reason(status)}));
        described["content"]["application/problem+json"] = json!({"schema": {
            "$ref": "#/components/schemas/Problem",
            "properties": {"code": {"enum": codes}},
        }});
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

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Answer")
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["success", "type", "title", "status", "detail", "code", "errors", "requestId"],
        "properties": {
            "success": {"const": false},
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What to do about it."},
            "code": {"type": "string", "description": "A stable word: each answer of each operation lists those that it may have."},
            "errors": {"type": "array", "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            }},
            "requestId": {"type": "string"},
        },
    })
}
