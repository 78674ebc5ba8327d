//! Every answer that any test sees has to be as the document says: failures have a code that it names for their
//! operation, and the fields of all answers come in its order.

use super::Answer;
use api::{openapi::Codes, problems};
use axum::http::{Method, StatusCode, header};
use serde_json::{Map, Value};
use std::sync::LazyLock;

struct Described {
    method: Method,
    path: &'static str,
    failures: Codes,
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let (_, routes) = api::routes::all();
    api::openapi::document(&routes, "0", "https://support.example.com")
});

static OPERATIONS: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let (_, routes) = api::routes::all();
    routes
        .into_iter()
        .map(|route| Described {
            failures: route.failures(),
            method: route.method,
            path: route.path,
        })
        .collect()
});

/// The document.
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// Fails unless the answer is as the document describes it.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let operation = OPERATIONS
        .iter()
        .find(|operation| operation.method == *method && leads_to(operation.path, path))
        .filter(|operation| operation.path == path || !is_literal(path));
    let content = answer.headers.get(header::CONTENT_TYPE);
    let content = content.map_or("", |content| content.to_str().unwrap());
    match (content, operation) {
        _ if answer.body == "" => {}
        ("application/problem+json", operation) => {
            check_problem(answer.status, &answer.body);
            if let Some(operation) = operation {
                check_failure(operation, answer);
            }
        }
        ("application/json", Some(operation)) => {
            let schema = success(operation, answer.status);
            let about = format!("{method} {}", operation.path);
            check_order(schema, &answer.body, &about);
        }
        _ => {}
    }
}

fn check_failure(operation: &Described, answer: &Answer) {
    let code = answer.body["code"].as_str().unwrap();
    let named = operation.failures.get(&answer.status.as_u16());
    assert!(
        named.is_some_and(|codes| codes.contains(code)),
        "{} {}: {} {code} is not in the document",
        operation.method,
        operation.path,
        answer.status,
    );
}

/// The type leads to the text about the code, which says its status and title.
fn check_problem(status: StatusCode, problem: &Value) {
    let code = problem["code"].as_str().unwrap();
    let known =
        problems::of(code).unwrap_or_else(|| panic!("{code} is not in the table of problems"));
    assert_eq!(problem["type"], problems::uri(code), "{code}");
    assert_eq!(problem["title"], known.title, "{code}");
    assert!(
        known.status == status || code == problems::OF_ANY_STATUS,
        "{status} {code}"
    );
    let schemas = &DOCUMENT["components"]["schemas"];
    check_order(&schemas["Problem"], problem, "a failure");
    let listed = |name: &str, code: &Value| {
        let codes = schemas[name]["enum"].as_array().unwrap();
        assert!(codes.contains(code), "{code} is not in {name}");
    };
    listed("ErrorCode", &problem["code"]);
    for error in problem["errors"].as_array().unwrap() {
        listed("FieldErrorCode", &error["code"]);
    }
}

/// The schema of the success of an operation.
fn success(operation: &Described, status: StatusCode) -> &'static Value {
    let method = operation.method.as_str().to_ascii_lowercase();
    let responses = &DOCUMENT["paths"][operation.path][method]["responses"];
    &responses[status.as_str()]["content"]["application/json"]["schema"]
}

/// Fails unless the fields of a value, and those of all values in it, come in the order of the schema.
pub fn check_order(schema: &'static Value, value: &Value, about: &str) {
    let schema = resolved(schema);
    match value {
        Value::Object(fields) => check_fields(schema, fields, about),
        Value::Array(items) => {
            for item in items {
                check_order(array_of(schema), item, about);
            }
        }
        _ => {}
    }
}

fn check_fields(schema: &'static Value, fields: &Map<String, Value>, about: &str) {
    let form = form_of(schema, fields);
    let form = form.unwrap_or_else(|| panic!("{about}: no schema fits {fields:?}"));
    let known = properties(form);
    let is_open = form["additionalProperties"].is_object() || form["additionalProperties"] == true;
    // The OpenAPI Specification describes the document itself; a schema without fields allows any.
    if is_open || known.is_empty() || known.iter().any(|(name, _)| *name == "openapi") {
        return;
    }
    let mut rest = known.iter();
    for (name, inner) in fields {
        let found = rest.find(|(known, _)| *known == name);
        let Some((_, schema)) = found else {
            panic!("{about}: {name} comes too late, or is not in the document");
        };
        check_order(schema, inner, about);
    }
}

/// The fields of an object, in their order.
fn properties(form: &'static Value) -> Vec<(&'static str, &'static Value)> {
    let parts = form["allOf"].as_array().into_iter().flatten();
    let inherited = parts.flat_map(|part| properties(resolved(part)));
    let own = form["properties"].as_object().into_iter().flatten();
    inherited
        .chain(own.map(|(name, schema)| (name.as_str(), schema)))
        .collect()
}

/// The names of the fields that an object always has.
fn required(form: &'static Value) -> Vec<&'static Value> {
    let parts = form["allOf"].as_array().into_iter().flatten();
    let inherited = parts.flat_map(|part| required(resolved(part)));
    let own = form["required"].as_array().into_iter().flatten();
    inherited.chain(own).collect()
}

/// The schema of the items of an array, which may be one of several alternatives.
fn array_of(schema: &'static Value) -> &'static Value {
    let alternatives = schema["anyOf"].as_array().into_iter().flatten();
    let mut arrays = alternatives
        .map(resolved)
        .filter(|form| form["type"] == "array");
    &arrays.next().unwrap_or(schema)["items"]
}

/// The alternative of a schema that an object with these fields fits.
fn form_of(schema: &'static Value, fields: &Map<String, Value>) -> Option<&'static Value> {
    for alternatives in [&schema["anyOf"], &schema["oneOf"]] {
        if let Some(alternatives) = alternatives.as_array() {
            let mut forms = alternatives.iter().map(resolved);
            return forms.find_map(|form| {
                let form = form_of(form, fields)?;
                (form["type"] != "null" && fits(form, fields)).then_some(form)
            });
        }
    }
    Some(schema)
}

fn fits(form: &'static Value, fields: &Map<String, Value>) -> bool {
    let known = properties(form);
    let has_only_known = fields
        .keys()
        .all(|name| known.iter().any(|(known, _)| known == name));
    let has_all = required(form)
        .iter()
        .all(|name| fields.contains_key(name.as_str().unwrap()));
    let kind = known.iter().find(|(name, _)| *name == "type");
    let kind = kind.and_then(|(_, kind)| kind.get("const"));
    let is_kind = kind.is_none_or(|kind| fields.get("type") == Some(kind));
    has_only_known && has_all && is_kind
}

/// The schema that a reference names; the schema itself if it is none.
fn resolved(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str() {
        Some(place) => DOCUMENT.pointer(place.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// Whether a route has this path, which then leads to no route with names in its path.
fn is_literal(path: &str) -> bool {
    let mut operations = OPERATIONS.iter();
    operations.any(|operation| operation.path == path)
}

/// Whether the path is one of the template's.
fn leads_to(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let fits = template
        .split('/')
        .all(|wanted| match (wanted, parts.next()) {
            (_, None) => false,
            (wanted, Some(part)) => wanted.starts_with('{') || wanted == part,
        });
    fits && parts.next().is_none()
}
