//! The operations of the page, read from an OpenAPI document. Pure.

use super::{
    calls::{call, example},
    examples::{Sample, samples},
    fields::{Components, Field, Row, Tables, flat},
    highlight::highlight,
    markdown,
    spec::{Spec, entries, is_true, items, object, text, text_of},
};
use crate::{
    openapi::{Codes, Route},
    problems,
};
use serde::Serialize;
use serde_json::Value;

/// The operations under one tag.
#[derive(Debug, Serialize)]
pub(super) struct TagGroup {
    pub id: String,
    pub title: String,
    /// HTML.
    pub about: String,
    pub operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug, Serialize)]
pub(super) struct Operation {
    pub id: String,
    /// In capitals.
    pub method: String,
    pub path: String,
    pub summary: String,
    /// HTML.
    pub about: String,
    pub access: &'static str,
    pub parameters: Vec<Table>,
    pub bodies: Vec<Body>,
    pub answers: Vec<Answer>,
    pub failures: Vec<Failures>,
    pub samples: Vec<Sample>,
}

/// A table of fields with a heading.
#[derive(Debug, Serialize)]
pub(super) struct Table {
    pub title: String,
    pub rows: Vec<Row>,
}

/// The body of a request, in one content type.
#[derive(Debug, Serialize)]
pub(super) struct Body {
    pub media: String,
    pub is_required: bool,
    pub rows: Vec<Row>,
}

/// A success.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub status: String,
    /// HTML.
    pub about: String,
    pub media: String,
    pub headers: Vec<Row>,
    pub rows: Vec<Row>,
    /// HTML of an example.
    pub example: Option<String>,
}

/// The codes of failures with one status.
#[derive(Debug, Serialize)]
pub(super) struct Failures {
    pub status: String,
    pub codes: Vec<Code>,
}

/// A code, and its place in the page.
#[derive(Debug, Serialize)]
pub(super) struct Code {
    pub name: String,
    pub anchor: String,
    pub title: &'static str,
}

/// Headers that the guide describes for all responses.
const OF_ALL_RESPONSES: [&str; 4] = [
    "X-Request-Id",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
];

/// The operations of these routes by tag: tags in the order of the document, operations in that of the routes. A route
/// that the document leaves out is left out.
pub(super) fn groups(spec: Spec<'_>, routes: &[Route], tables: &mut Tables<'_>) -> Vec<TagGroup> {
    let mut groups: Vec<TagGroup> = items(spec.0.get("tags")).map(declared).collect();
    for route in routes {
        let method = route.method.as_str().to_ascii_lowercase();
        let item = spec.0.get("paths").and_then(|paths| paths.get(route.path));
        let Some(operation) = item.and_then(|item| item.get(&method)) else {
            continue;
        };
        let tag = items(operation.get("tags")).next().map(text);
        let tag = tag.unwrap_or_default();
        let read = read(spec, route, operation, tables);
        match groups.iter_mut().find(|group| group.id == tag_id(tag)) {
            Some(group) => group.operations.push(read),
            None => groups.push(TagGroup {
                operations: vec![read],
                ..declared(&object([("name".to_owned(), Value::from(tag))]))
            }),
        }
    }
    groups.retain(|group| !group.operations.is_empty());
    groups
}

fn declared(tag: &Value) -> TagGroup {
    let name = text_of(tag, "name");
    TagGroup {
        id: tag_id(name),
        title: titled(name),
        about: markdown::inline(text_of(tag, "description")),
        operations: Vec::new(),
    }
}

/// The name of a tag as a heading: `sla-policies` is "SLA policies".
fn titled(name: &str) -> String {
    let words = name.replace('-', " ");
    let (first, rest) = words.split_at(words.find(' ').unwrap_or(words.len()));
    let mut letters = first.chars();
    let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
    match first {
        "sla" | "api" => format!("{}{rest}", first.to_ascii_uppercase()),
        _ => format!(
            "{}{}{rest}",
            initial.map(String::from).unwrap_or_default(),
            letters.as_str()
        ),
    }
}

fn tag_id(name: &str) -> String {
    format!("tag-{}", markdown::slug(name))
}

fn read(spec: Spec<'_>, route: &Route, operation: &Value, tables: &mut Tables<'_>) -> Operation {
    let path = spec.full_path(route.path);
    let answers = answers(spec, operation, tables);
    Operation {
        id: text_of(operation, "operationId").to_owned(),
        method: route.method.to_string(),
        summary: text_of(operation, "summary").to_owned(),
        about: markdown::inline(text_of(operation, "description")),
        access: access(spec, operation).words(),
        parameters: parameters(spec, operation, tables),
        bodies: bodies(spec, operation, tables),
        failures: failures(&route.failures()),
        samples: samples(&call(spec, route.path, route.method.as_str(), operation)),
        path,
        answers,
    }
}

/// The token that an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Nothing,
    Optional,
    Token,
}

impl Access {
    fn words(self) -> &'static str {
        match self {
            Self::Nothing => "No token",
            Self::Optional => "Token optional",
            Self::Token => "Token required",
        }
    }
}

/// The token, by the security requirements: the empty requirement is a call without one.
pub(super) fn access(spec: Spec<'_>, operation: &Value) -> Access {
    let own = operation.get("security");
    let all: Vec<&Value> = items(own.or_else(|| spec.0.get("security"))).collect();
    let is_empty = |one: &&Value| one.as_object().is_some_and(serde_json::Map::is_empty);
    if all.iter().all(is_empty) {
        Access::Nothing
    } else if all.iter().any(is_empty) {
        Access::Optional
    } else {
        Access::Token
    }
}

fn parameters(spec: Spec<'_>, operation: &Value, tables: &mut Tables<'_>) -> Vec<Table> {
    let all: Vec<Value> = items(operation.get("parameters"))
        .map(|one| spec.resolve(one))
        .collect();
    let mut found = Vec::new();
    for (place, title) in [("path", "Path"), ("query", "Query"), ("header", "Headers")] {
        let here = all.iter().filter(|one| text_of(one, "in") == place);
        let fields: Vec<Field> = here.map(|one| parameter(one, tables)).collect();
        if !fields.is_empty() {
            found.push(Table {
                title: title.to_owned(),
                rows: flat(fields),
            });
        }
    }
    found
}

/// A parameter or a header as a row.
fn parameter(one: &Value, tables: &mut Tables<'_>) -> Field {
    let schema = one.get("schema").unwrap_or(&Value::Null);
    let row = tables.row(text_of(one, "name"), schema, Components::Inline);
    let about = markdown::inline(text_of(one, "description"));
    Field {
        is_required: is_true(one, "required"),
        about: if about.is_empty() {
            row.about.clone()
        } else {
            about
        },
        ..row
    }
}

fn bodies(spec: Spec<'_>, operation: &Value, tables: &mut Tables<'_>) -> Vec<Body> {
    let Some(body) = operation.get("requestBody").map(|body| spec.resolve(body)) else {
        return Vec::new();
    };
    let is_required = is_true(&body, "required");
    let medias = entries(body.get("content"));
    medias
        .map(|(media, content)| {
            let whole = tables.row(
                "",
                content.get("schema").unwrap_or(&Value::Null),
                Components::Inline,
            );
            Body {
                media: media.clone(),
                is_required,
                rows: whole.inner_rows(),
            }
        })
        .collect()
}

fn answers(spec: Spec<'_>, operation: &Value, tables: &mut Tables<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (status, response) in
        entries(operation.get("responses")).filter(|(status, _)| status.starts_with('2'))
    {
        let response = spec.resolve(response);
        let (media, content) = entries(response.get("content"))
            .next()
            .map_or((String::new(), Value::Null), |(media, content)| {
                (media.clone(), content.clone())
            });
        // The component of a whole body is shown here; those within it have tables of their own.
        let schema = content.get("schema").cloned().unwrap_or_default();
        let whole = tables.whole(&schema);
        answers.push(Answer {
            status: status.clone(),
            about: markdown::inline(text_of(&response, "description")),
            headers: flat(headers(spec, &response, tables)),
            rows: whole.inner_rows(),
            example: example(spec, &content).map(|example| shown(&example)),
            media,
        });
    }
    answers
}

fn headers(spec: Spec<'_>, response: &Value, tables: &mut Tables<'_>) -> Vec<Field> {
    let own = entries(response.get("headers"))
        .filter(|(name, _)| !OF_ALL_RESPONSES.contains(&name.as_str()));
    own.map(|(name, header)| Field {
        name: name.clone(),
        ..parameter(&spec.resolve(header), tables)
    })
    .collect()
}

fn shown(example: &Value) -> String {
    match example {
        Value::String(text) => highlight("", text),
        json => highlight(
            "json",
            &serde_json::to_string_pretty(json).unwrap_or_default(),
        ),
    }
}

/// The failures by status. The document describes each status once for all operations; the routes know their codes.
fn failures(codes: &Codes) -> Vec<Failures> {
    let failures = codes.iter().map(|(status, codes)| Failures {
        status: status.to_string(),
        codes: codes.iter().map(|code| shown_code(code)).collect(),
    });
    failures.collect()
}

fn shown_code(code: &str) -> Code {
    Code {
        name: code.to_owned(),
        anchor: problems::anchor(code),
        title: problems::of(code).map_or("", |known| known.title),
    }
}
