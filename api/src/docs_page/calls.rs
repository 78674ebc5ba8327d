//! The call that the examples of an operation make, read from an OpenAPI document. Pure.

use super::{
    examples::{AnswerKind, Call, CallBody},
    operations::{Access, access},
    spec::{Spec, entries, is_true, items, object, text_of},
};
use serde_json::Value;

/// The call that the examples show.
pub(super) fn call(spec: Spec<'_>, path: &str, method: &str, operation: &Value) -> Call {
    let success = entries(operation.get("responses")).find(|(status, _)| status.starts_with('2'));
    let success = success
        .map(|(_, response)| spec.resolve(response))
        .unwrap_or_default();
    let media = entries(success.get("content"))
        .next()
        .map(|(media, _)| media.as_str());
    Call {
        method: method.to_ascii_uppercase(),
        server: spec.server().to_owned(),
        path: path.to_owned(),
        query: query(spec, operation),
        sends_token: access(spec, operation) == Access::Token,
        body: body_of_call(spec, operation),
        answer: match media {
            Some("application/json") | None => AnswerKind::Json,
            Some(text) if text.starts_with("text/") || text.contains("openmetrics") => {
                AnswerKind::Text
            }
            Some(_) => AnswerKind::File,
        },
    }
}

/// The query parameters that are required, or of which the document has an example.
fn query(spec: Spec<'_>, operation: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for parameter in items(operation.get("parameters")).map(|one| spec.resolve(one)) {
        if text_of(&parameter, "in") != "query" {
            continue;
        }
        let is_required = is_true(&parameter, "required");
        let known = example(spec, &parameter);
        if let Some(value) = known.or_else(|| is_required.then(|| Value::from("asha"))) {
            pairs.push((text_of(&parameter, "name").to_owned(), plain(&value)));
        }
    }
    pairs
}

/// The example of a body, wherever the document has it.
pub(super) fn example(spec: Spec<'_>, content: &Value) -> Option<Value> {
    let named = || {
        entries(content.get("examples"))
            .next()
            .map(|(_, example)| spec.resolve(example))
    };
    let of_schema = || {
        let schema = spec.resolve(content.get("schema")?);
        let first = items(schema.get("examples")).next().cloned();
        schema.get("example").cloned().or(first)
    };
    let own = content.get("example").cloned();
    own.or_else(|| named()?.get("value").cloned())
        .or_else(of_schema)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(entries) => entries.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn body_of_call(spec: Spec<'_>, operation: &Value) -> CallBody {
    let body = operation
        .get("requestBody")
        .map(|body| spec.resolve(body))
        .unwrap_or_default();
    let Some((media, content)) = entries(body.get("content")).next() else {
        return CallBody::Nothing;
    };
    let example = example(spec, content).unwrap_or_else(|| object([]));
    match media.as_str() {
        "multipart/form-data" => {
            let schema = spec.resolve(content.get("schema").unwrap_or(&Value::Null));
            let field = entries(schema.get("properties"))
                .next()
                .map(|(name, _)| name.clone());
            CallBody::File(field.unwrap_or_default())
        }
        "application/x-www-form-urlencoded" => {
            let pairs = entries(Some(&example)).map(|(name, value)| (name.clone(), plain(value)));
            CallBody::Form(pairs.collect())
        }
        _ => CallBody::Json(example),
    }
}
