//! The whole OpenAPI document.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use super::{
    Access, Operation, Resource, Route,
    access::OptionalAuth,
    codes,
    components::{Components, tidied},
    examples::shared_examples,
    headers,
    operation::{ObjectBody, RequestBody},
    responses::{Failures, responses},
    tags::TAGS,
};
use crate::error::ProblemBody;
use domain::field_error;
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, fmt::Write};

const ABOUT: &str = "\
Customer-support ticketing: tickets, messages, assignment, escalation, service levels, ratings, statistics.\n\n\
Every success is `{\"success\": true, …}`. Every failure is `application/problem+json` (RFC 9457) with a stable `code`, and \
with `errors` that name each wrong field; `x-error-codes` of an operation has the codes that only some operations have. Times are RFC 3339 in \
UTC with milliseconds, durations are minutes, ids are UUIDs. In the body of a request null counts as absent, except in a \
PATCH. A resource that you may not see gives the same response as one that does not exist: 404. Every response has \
`X-Request-Id`. Those below `/api/v1` have your state under the rate limit: `RateLimit-Limit`, `RateLimit-Remaining`, \
`RateLimit-Reset`.";

/// The syntax of `If-Match` (RFC 9110, section 13.1.1). Tags that this API did not send match nothing.
const IF_MATCH: &str = r#"^(\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$"#;

/// The document of these routes of an installation at the address `server`. Pages for people and addresses for services are left out.
#[must_use]
pub fn document(routes: &[Route], version: &str, server: &str) -> Value {
    let (mut components, mut failures) = (Components::new(), Failures::default());
    let mut paths: Map<String, Value> = Map::new();
    for route in routes.iter().filter(|route| route.operation.is_listed()) {
        let mut operation = described(route, &mut components, &mut failures);
        if let Some((id, resource)) = route.operation.leads_to {
            let status = route.operation.status.to_string();
            operation["responses"][status]["links"] = links(id, resource, routes);
        }
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.as_str().to_ascii_lowercase()] = operation;
    }
    problem(routes, &mut components);
    let mut examples = failures.examples();
    examples.extend(shared_examples(&mut paths));
    let (schemas, parameters) = components.into_parts();
    let tags = TAGS.iter();
    let tags: Vec<_> = tags
        .map(|(name, about)| json!({"name": name, "description": about}))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": info(version, server),
        "servers": [{"url": server, "description": "This installation."}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameters,
            "responses": failures.responses(),
            "examples": examples,
            "headers": headers::shared(),
            "securitySchemes": security_schemes(),
        },
    })
}

fn info(version: &str, server: &str) -> Value {
    json!({
        "title": "BaiTech Support",
        "version": version,
        "description": ABOUT,
        "contact": {"name": "The operators of this installation", "url": server},
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
    })
}

fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `token` of a login or a registration.",
        },
        "metrics": {
            "type": "http",
            "scheme": "bearer",
            "description": "`METRICS_TOKEN`, where the operators of the system have set one.",
        },
    })
}

fn described(route: &Route, components: &mut Components, failures: &mut Failures) -> Value {
    let operation = &route.operation;
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": about(operation),
        "tags": [route.tag],
        "security": security(operation),
        "parameters": parameters(route, components),
    });
    match &operation.request_body {
        RequestBody::Nothing => {}
        RequestBody::Object(object) => {
            described["requestBody"] = object_body(object, components);
        }
        RequestBody::File(field) => described["requestBody"] = file_body(field, components),
    }
    described["responses"] = responses(route, components, failures);
    if !operation.own_codes.is_empty() {
        let own: BTreeSet<_> = operation.own_codes.iter().map(|(_, code)| code).collect();
        described["x-error-codes"] = json!(own);
    }
    described
}

/// The description: who may call the operation, what it does, and the failures that only some operations have.
fn about(operation: &Operation) -> String {
    let role = match operation.access {
        Access::Roles(whom) => format!("For {whom}. "),
        Access::Anybody | Access::SignedIn => String::new(),
    };
    let own = operation.own_codes.iter();
    let own: Vec<_> = own
        .map(|(status, code)| format!("`{code}` ({status})"))
        .collect();
    let own = match own.as_slice() {
        [] => String::new(),
        own => format!("\n\nFailures of its own: {}.", own.join(", ")),
    };
    format!("{role}{}{own}", operation.description)
}

fn object_body(object: &ObjectBody, components: &mut Components) -> Value {
    // The example stands in the schema: some generators warn of examples of bodies elsewhere.
    let mut schema = object.schema.clone();
    schema["examples"] = json!([object.example]);
    json!({
        "required": object.is_needed,
        "content": {"application/json": {"schema": components.extract(&schema)}},
    })
}

fn file_body(field: &str, components: &mut Components) -> Value {
    // `format` is the notation of OpenAPI 3.0, which many programs still look for.
    let file = json!({
        "description": "The file.",
        "type": "string",
        "minLength": 1,
        "format": "binary",
        "contentMediaType": "application/octet-stream",
    });
    let form = json!({
        "description": "A form with a file.",
        "type": "object",
        "properties": {field: file},
        "required": [field],
        "additionalProperties": false,
    });
    json!({
        "required": true,
        "content": {"multipart/form-data": {"schema": components.schema("AttachmentUpload", form)}},
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

fn parameters(route: &Route, components: &mut Components) -> Vec<Value> {
    let mut parameters = Vec::new();
    let names = route.path.split('/');
    let names = names.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    for (name, resource) in names.zip(route.resources) {
        let (shared, about, schema) = resource.parameter();
        let schema = components.extract(&schema);
        let parameter = json!({"name": name, "in": "path", "required": true, "description": about, "schema": schema});
        parameters.push(components.parameter(Some(shared), parameter));
    }
    let query = route.operation.query.as_ref().map(|(schema, _)| schema);
    let needed = query.and_then(|schema| schema["required"].as_array());
    let is_needed = |name: &str| needed.is_some_and(|all| all.iter().any(|needed| needed == name));
    let properties = query.and_then(|schema| schema["properties"].as_object());
    for (name, schema) in properties.into_iter().flatten() {
        let parameter = query_parameter(name, is_needed(name), schema, components);
        parameters.push(parameter);
    }
    if route.operation.takes_version {
        let about = "The `ETag` of the ticket that you read. If the ticket has changed since, the response is 412.";
        let parameter = json!({"name": "If-Match", "in": "header", "description": about, "schema": {"type": "string", "pattern": IF_MATCH}});
        parameters.push(components.parameter(Some("IfMatch"), parameter));
    }
    if route.takes_key() {
        let about = "A repeat with the same key within 24 hours gets the first response again, and changes nothing.";
        let schema =
            json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"});
        let parameter = json!({"name": "Idempotency-Key", "in": "header", "description": about, "schema": schema});
        parameters.push(components.parameter(Some("IdempotencyKey"), parameter));
    }
    parameters
}

fn query_parameter(
    name: &str,
    is_needed: bool,
    schema: &Value,
    components: &mut Components,
) -> Value {
    let shared = match name {
        "page" => Some("Page"),
        "limit" => Some("Limit"),
        "cursor" => Some("Cursor"),
        _ => None,
    };
    let mut schema = schema.clone();
    let about = schema.as_object_mut();
    let about = about.and_then(|schema| schema.shift_remove("description"));
    if name == "cursor" {
        // Clients send back what they got, whatever a list puts into it.
        schema = json!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"});
    }
    let mut parameter = json!({
        "name": name,
        "in": "query",
        "required": is_needed,
        "description": about,
        "allowEmptyValue": !is_needed,
        "schema": components.extract(&schema),
    });
    if schema["type"] == "array" {
        parameter["style"] = json!("form");
        parameter["explode"] = json!(false);
    }
    components.parameter(shared, parameter)
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

/// The body of failures, with the lists of their codes.
fn problem(routes: &[Route], components: &mut Components) {
    components.generator.subschema_for::<ProblemBody>();
    let mut about =
        "The stable code of a failure. A later release may have further codes. By status:\n"
            .to_owned();
    for (status, codes) in codes::by_status(routes) {
        let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
        let written = write!(about, "\n- {status}: {}.", codes.join(", "));
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }
    let codes = codes::all(routes);
    components.schema(
        "ErrorCode",
        json!({"description": about, "type": "string", "enum": codes}),
    );
    let about =
        "The stable code of what is wrong with a field. A later release may have further codes.";
    let codes = field_error::CODES;
    let codes = json!({"description": about, "type": "string", "enum": codes});
    components.schema("FieldErrorCode", tidied(codes));
}
