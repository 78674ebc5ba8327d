//! The whole OpenAPI document.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use super::{
    Access, Operation, Resource, Route,
    access::OptionalAuth,
    headers,
    operation::{ObjectBody, RequestBody},
    responses::responses,
};
use chrono_tz::TZ_VARIANTS;
use domain::reader::not_nullable;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

const ABOUT: &str = "\
Customer-support ticketing: tickets, messages, assignment, escalation, service levels, ratings, statistics.\n\n\
Every success is `{\"success\": true, …}`. Every failure is `application/problem+json` (RFC 9457) with a stable `code`, and \
with `errors` that name each wrong field. Times are RFC 3339 in UTC with milliseconds, durations are minutes, ids are \
UUIDs. A resource that you may not see gives the same response as one that does not exist: 404. Every response has `X-Request-Id`. Those \
below `/api/v1` have your state under the rate limit: `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`.";

/// The syntax of `If-Match` (RFC 9110, section 13.1.1). Tags that this API did not send match nothing.
const TAGS: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

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
        if let Some((id, resource)) = route.operation.leads_to {
            let status = route.operation.status.to_string();
            operation["responses"][status]["links"] = links(id, resource, routes);
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
            "headers": headers::shared(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "metrics": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`METRICS_TOKEN`, where the operators of the system have set one.",
                },
            },
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
        "tags": [route.tag],
        "parameters": parameters(route),
        "responses": responses(route, generator, examples),
        "security": security(operation),
    });
    let role = match operation.access {
        Access::Roles(whom) => format!("For {whom}. "),
        Access::Anybody | Access::SignedIn => String::new(),
    };
    let about = format!("{role}{}", operation.description);
    if !about.is_empty() {
        described["description"] = json!(about);
    }
    match &operation.request_body {
        RequestBody::Nothing => {}
        RequestBody::Object(object) => described["requestBody"] = object_body(operation, object),
        RequestBody::File(field) => described["requestBody"] = file_body(field),
    }
    described
}

/// The body of a page is a form; all others are JSON.
fn object_body(operation: &Operation, object: &ObjectBody) -> Value {
    let media = if operation.is_page() {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    json!({
        "required": object.is_needed,
        "content": {media: {"schema": object.schema, "example": object.example}},
    })
}

fn file_body(field: &str) -> Value {
    // `format` is the notation of OpenAPI 3.0, which many programs still look for.
    let file = json!({"type": "string", "minLength": 1, "format": "binary", "contentMediaType": "application/octet-stream"});
    json!({
        "required": true,
        "content": {"multipart/form-data": {"schema": {
            "type": "object",
            "properties": {field: file},
            "required": [field],
            "additionalProperties": false,
        }}},
    })
}

/// The empty requirement stands for a call without a token.
fn security(operation: &Operation) -> Value {
    match operation.access {
        Access::SignedIn | Access::Roles(_) => json!([{"bearer": []}]),
        Access::Anybody => match operation.optional_auth {
            OptionalAuth::Nothing => json!([]),
            OptionalAuth::Login => json!([{}, {"bearer": []}]),
            OptionalAuth::Metrics => json!([{}, {"metrics": []}]),
        },
    }
}

fn parameters(route: &Route) -> Value {
    let mut parameters = Vec::new();
    let names = route.path.split('/');
    let names = names.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    for (name, resource) in names.zip(route.resources) {
        let (about, schema) = resource.parameter();
        parameters.push(json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema}));
    }
    let query = route.operation.query.as_ref().map(|(schema, _)| schema);
    let needed = query.and_then(|schema| schema["required"].as_array());
    let is_needed = |name: &str| needed.is_some_and(|all| all.iter().any(|needed| needed == name));
    let properties = query.and_then(|schema| schema["properties"].as_object());
    for (name, schema) in properties.into_iter().flatten() {
        parameters.push(json!({
            "name": name,
            "in": "query",
            "required": is_needed(name),
            "allowEmptyValue": true,
            "schema": not_nullable(schema),
        }));
    }
    if route.operation.takes_version {
        let about = "The `ETag` of the ticket that you read. If the ticket has changed since, the response is 412.";
        parameters.push(json!({"name": "If-Match", "in": "header", "description": about, "schema": {"type": "string", "pattern": TAGS}}));
    }
    if route.takes_key() {
        let about = "A repeat with the same key within 24 hours gets the first response again, and changes nothing.";
        let schema =
            json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"});
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "description": about, "schema": schema}));
    }
    json!(parameters)
}

/// The links of a response: every operation whose path names a resource of that kind.
fn links(id: &str, resource: Resource, routes: &[Route]) -> Value {
    let id = format!("$response.body#/{id}");
    let links = routes.iter().filter(|route| route.resources == [resource]);
    let links = links.map(|route| {
        let operation = route.operation.id;
        let link = json!({"operationId": operation, "parameters": {"id": id}});
        (operation.to_owned(), link)
    });
    Value::Object(links.collect())
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
            "detail": {"type": "string", "description": "What is wrong, and what to do about it."},
            "code": {
                "type": "string",
                "pattern": "^[a-z_]+$",
                "description": "A stable code. Each response of each operation lists its possible codes.",
            },
            "errors": {"type": "array", "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            }},
            "requestId": {"type": "string"},
        },
    })
}
