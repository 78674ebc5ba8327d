//! The whole document.

#![expect(
    clippy::indexing_slicing,
    reason = "of JSON: what is not there reads as null, and is made when it is written"
)]

use super::{Operation, Who, failures, shape::not_nullable};
use crate::routes::Route;
use axum::http::StatusCode;
use chrono_tz::TZ_VARIANTS;
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use shared::{jobs::Queue, tickets::TICKET_KEY};
use std::collections::BTreeSet;

const ABOUT: &str = "\
Customer-support ticketing: tickets, messages, assignment, escalation, service levels, ratings, statistics.\n\n\
Every success is `{\"success\": true, …}`. Every failure is `application/problem+json` (RFC 9457) with a stable `code`, and \
with `errors` that name each field at fault. Times are RFC 3339 in UTC with milliseconds, durations are minutes, ids are \
UUIDs. A thing that you may not see answers like one that does not exist: 404.";

/// What `If-Match` may say (RFC 9110, section 13.1.1). Tags that are none of ours match nothing.
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

/// The request that all examples of failures answer.
const REQUEST: &str = "01999ec9-0c00-7000-8000-000000000000";

/// The document of these routes.
#[must_use]
pub fn document(routes: &[Route], version: &str) -> Value {
    let mut examples = Map::new();
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes {
        let mut operation = described(route, &mut generator, &mut examples);
        if let Some((field, paths)) = route.operation.leads_to {
            let status = route.operation.status.to_string();
            operation["responses"][status]["links"] = links(field, paths, routes);
        }
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem());
    schemas.insert("TimeZone".to_owned(), time_zone());
    json!({
        "openapi": "3.1.0",
        "info": {"title": "BaiTech Support", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "examples": examples,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    })
}

fn described(
    route: &Route,
    generator: &mut SchemaGenerator,
    examples: &mut Map<String, Value>,
) -> Value {
    let operation = &route.operation;
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [tag(route.path)],
        "parameters": parameters(route),
        "responses": responses(route, generator, examples),
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
            "id" if route.path.contains("/jobs/") => (
                "The number of a job.",
                json!({"type": "integer", "format": "int64", "minimum": 1}),
            ),
            "id" if !route.path.contains("/tickets/") => {
                ("An id.", json!({"type": "string", "format": "uuid"}))
            }
            "queue" => (
                "A queue.",
                Queue::json_schema(&mut SchemaGenerator::default()).to_value(),
            ),
            "id" => (
                "An id, or a ticket's number.",
                json!({"type": "string", "pattern": TICKET_KEY}),
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
        parameters.push(json!({"name": name, "in": "query", "allowEmptyValue": true, "schema": not_nullable(schema)}));
    }
    if route.operation.takes_version {
        let about = "The `ETag` of the ticket as you have seen it: 412 when it has changed since.";
        parameters.push(json!({"name": "If-Match", "in": "header", "description": about, "schema": {"type": "string", "pattern": TAGS}}));
    }
    if route.operation.once {
        let about = "Makes a repeat within 24 hours answer as the first call did, and do nothing.";
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "description": about, "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}));
    }
    json!(parameters)
}

fn responses(
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

/// What can be done with what an answer shows: everything whose path begins so.
fn links(field: &str, paths: &str, routes: &[Route]) -> Value {
    let id = format!("$response.body#/{field}/id");
    let links = routes.iter().filter(|route| route.path.starts_with(paths));
    let links = links.map(|route| {
        let operation = route.operation.id;
        let link = json!({"operationId": operation, "parameters": {"id": id}});
        (operation.to_owned(), link)
    });
    Value::Object(links.collect())
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Answer")
}

fn time_zone() -> Value {
    let names: Vec<_> = TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    json!({"type": "string", "enum": names})
}

fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["success", "type", "title", "status", "detail", "code", "errors", "requestId"],
        "properties": {
            "success": {"const": false},
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "description": "What to do about it."},
            "code": {"type": "string", "pattern": "^[a-z_]+$", "description": "A stable word: each answer of each operation lists those that it may have."},
            "errors": {"type": "array", "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            }},
            "requestId": {"type": "string"},
        },
    })
}
