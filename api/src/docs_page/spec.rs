//! How the page reads an OpenAPI document: references are followed wherever they stand. Pure.

use serde_json::{Map, Value};

/// The deepest chain of references that is followed. A longer one is a circle.
const LONGEST_CHAIN: usize = 16;

/// A document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec<'d>(pub &'d Value);

impl<'d> Spec<'d> {
    /// The value, or the one that its `$ref` leads to. Fields beside the `$ref` override those of the target.
    pub fn resolve(self, value: &Value) -> Value {
        self.resolve_named(value).1
    }

    /// As [`Spec::resolve`], with the name of the last component on the way.
    pub fn resolve_named(self, value: &Value) -> (Option<String>, Value) {
        let mut name = None;
        let mut present = value.clone();
        for _ in 0..LONGEST_CHAIN {
            let Some(place) = present.get("$ref").and_then(Value::as_str) else {
                break;
            };
            let Some(target) = place.strip_prefix('#').and_then(|at| self.0.pointer(at)) else {
                break;
            };
            name = place.rsplit('/').next().map(str::to_owned);
            present = beside(&present, target);
        }
        (name, present)
    }

    /// The object at a place of the document, from the root.
    pub fn at(self, pointer: &str) -> &'d Value {
        self.0.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The address of the first server of the document, without a slash at its end.
    pub fn server(self) -> &'d str {
        text(self.at("/servers/0/url")).trim_end_matches('/')
    }

    /// The path of an operation on the server, with the base path of the first server of the document.
    pub fn full_path(self, path: &str) -> String {
        let server = self.server();
        let after_scheme = server.split_once("://").map_or(server, |(_, rest)| rest);
        let base = after_scheme.find('/').map_or("", |at| &after_scheme[at..]);
        format!("{base}{path}")
    }
}

/// The target of a reference, with the fields that stand beside the `$ref`.
fn beside(reference: &Value, target: &Value) -> Value {
    let mut merged = target.as_object().cloned().unwrap_or_default();
    let own = reference.as_object().into_iter().flatten();
    for (key, value) in own.filter(|(key, _)| *key != "$ref") {
        match (
            merged.get_mut(key).and_then(Value::as_object_mut),
            value.as_object(),
        ) {
            (Some(inner), Some(value)) => inner.extend(value.clone()),
            _ => {
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(merged)
}

/// The fields of an object; none of anything else.
pub(super) fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// The entries of a list; none of anything else.
pub(super) fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// The text; empty for anything else.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The text of a field; empty where there is none.
pub(super) fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).map(text).unwrap_or_default()
}

/// Whether a field is true.
pub(super) fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).is_some_and(|of| *of == true)
}

/// An object with these fields.
pub(super) fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(Map::from_iter(fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_followed_and_fields_beside_them_win() {
        let document = json!({"components": {"schemas": {
            "Word": {"type": "string", "description": "A word."},
            "Alias": {"$ref": "#/components/schemas/Word"},
        }}});
        let spec = Spec(&document);
        let (name, word) = spec.resolve_named(
            &json!({"$ref": "#/components/schemas/Alias", "description": "Another."}),
        );
        assert_eq!(name.as_deref(), Some("Word"));
        assert_eq!(word, json!({"type": "string", "description": "Another."}));
    }

    #[test]
    fn a_circle_of_references_ends() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}});
        assert!(Spec(&document).resolve(&json!({"$ref": "#/a"})).is_object());
    }

    #[test]
    fn paths_begin_with_the_base_path_of_the_server() {
        let path = |url: &str| Spec(&json!({"servers": [{"url": url}]})).full_path("/tickets");
        assert_eq!(path("http://127.0.0.1:5000"), "/tickets");
        assert_eq!(path("https://a.example/api/v1/"), "/api/v1/tickets");
        assert_eq!(path("/"), "/tickets");
        assert_eq!(Spec(&json!({})).full_path("/tickets"), "/tickets");
    }
}
