//! A schema in one form: references followed, `allOf` merged, null and alternatives apart. Pure.

use super::spec::{Spec, entries, items, text_of};
use serde_json::{Value, json};

/// A schema that has been read.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// The component that the schema refers to.
    pub name: Option<String>,
    /// The schema without references, `allOf` and null.
    pub schema: Value,
    pub is_nullable: bool,
    /// The alternatives of `oneOf` or `anyOf`, where there are several.
    pub forms: Vec<Value>,
}

/// Reads a schema.
pub(super) fn shape(spec: Spec<'_>, schema: &Value) -> Shape {
    let (name, resolved) = spec.resolve_named(schema);
    let mut read = Shape {
        name,
        schema: merged(spec, resolved),
        is_nullable: false,
        forms: Vec::new(),
    };
    read.take_null();
    read.take_alternatives(spec);
    read
}

/// The schema with the fields of all parts of its `allOf`.
fn merged(spec: Spec<'_>, mut schema: Value) -> Value {
    let Some(parts) = schema
        .as_object_mut()
        .and_then(|fields| fields.remove("allOf"))
    else {
        return schema;
    };
    let mut whole = json!({});
    let own = std::iter::once(schema);
    for part in items(Some(&parts))
        .map(|part| merged(spec, spec.resolve(part)))
        .chain(own)
    {
        for (key, value) in entries(Some(&part)) {
            let Some(fields) = whole.as_object_mut() else {
                continue;
            };
            match fields.get_mut(key) {
                Some(Value::Object(known)) if key == "properties" => {
                    known.extend(entries(Some(value)).map(|(name, of)| (name.clone(), of.clone())));
                }
                Some(Value::Array(known)) if key == "required" => {
                    known.extend(items(Some(value)).cloned());
                }
                _ => {
                    fields.insert(key.clone(), value.clone());
                }
            }
        }
    }
    whole
}

impl Shape {
    /// `type: [string, null]` is a string that may be null.
    fn take_null(&mut self) {
        let types = items(self.schema.get("type"));
        let others: Vec<Value> = types.filter(|kind| **kind != "null").cloned().collect();
        if let (Some(first), Some(fields)) = (others.first(), self.schema.as_object_mut()) {
            self.is_nullable = true;
            let kind = if others.len() == 1 {
                first.clone()
            } else {
                json!(others)
            };
            fields.insert("type".to_owned(), kind);
        }
    }

    fn take_alternatives(&mut self, spec: Spec<'_>) {
        let Some(fields) = self.schema.as_object_mut() else {
            return;
        };
        let Some(all) = fields.remove("oneOf").or_else(|| fields.remove("anyOf")) else {
            return;
        };
        let is_null = |form: &&Value| form.get("type").is_some_and(|kind| kind == "null");
        let forms: Vec<Value> = items(Some(&all))
            .filter(|form| !is_null(form))
            .cloned()
            .collect();
        self.is_nullable |= items(Some(&all)).any(|form| is_null(&form));
        match forms.as_slice() {
            [only] => {
                let inner = shape(spec, only);
                let mut schema = inner.schema;
                if let Some(merged) = schema.as_object_mut() {
                    merged.extend(
                        entries(Some(&self.schema)).map(|(key, of)| (key.clone(), of.clone())),
                    );
                }
                self.name = inner.name.or(self.name.take());
                self.is_nullable |= inner.is_nullable;
                self.forms = inner.forms;
                self.schema = schema;
            }
            _ => self.forms = forms,
        }
    }

    /// The shape of the entries, through all lists; and whether there is a list.
    pub fn innermost(&self, spec: Spec<'_>) -> (Self, bool) {
        match self.schema.get("items") {
            Some(entry) => (shape(spec, entry).innermost(spec).0, true),
            None => (self.clone(), false),
        }
    }

    /// Whether it has fields, so that a table of its own makes sense.
    pub fn is_structured(&self) -> bool {
        self.schema.get("properties").is_some() || !self.forms.is_empty()
    }

    /// The possible values, each as a client writes it.
    pub fn values(&self) -> Vec<String> {
        let constant = self.schema.get("const").into_iter();
        let of_forms = self.forms.iter().filter_map(|form| form.get("const"));
        let all = items(self.schema.get("enum"))
            .chain(constant)
            .chain(of_forms);
        let all = all.filter(|value| !value.is_null());
        all.map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect()
    }

    /// The type in words.
    pub fn kind(&self, spec: Spec<'_>) -> String {
        if let Some(entry) = self.schema.get("items") {
            return format!("list of {}", plural(&shape(spec, entry).kind(spec)));
        }
        if let (Some(name), true) = (&self.name, self.is_structured()) {
            return name.clone();
        }
        let kind = match self.schema.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) => {
                let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
                kinds.join(" or ")
            }
            _ if self.is_structured() => "object".to_owned(),
            _ => self.kind_of_values().to_owned(),
        };
        match text_of(&self.schema, "format") {
            format @ ("date-time" | "date" | "uuid" | "email" | "uri" | "binary") => {
                format!("{kind}, {format}")
            }
            _ => kind,
        }
    }

    /// The type of a schema that has only values.
    fn kind_of_values(&self) -> &'static str {
        let first = self
            .schema
            .get("const")
            .or_else(|| items(self.schema.get("enum")).next());
        match first.or_else(|| self.forms.first()?.get("const")) {
            Some(Value::String(_)) => "string",
            Some(Value::Bool(_)) => "boolean",
            Some(Value::Number(_)) => "number",
            _ => "any",
        }
    }
}

/// `string, uuid` is one of several `strings, uuid`; a component keeps its name.
fn plural(kind: &str) -> String {
    let (word, rest) = kind
        .split_once([',', ' '])
        .map_or((kind, ""), |(word, _)| (word, &kind[word.len()..]));
    let is_plain = word.starts_with(|first: char| first.is_lowercase());
    match word {
        "list" => format!("lists{rest}"),
        "any" => "anything".to_owned(),
        _ if is_plain => format!("{word}s{rest}"),
        _ => kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(schema: &Value) -> String {
        let document = json!({"components": {"schemas": {"Ticket": {"type": "object", "properties": {"id": {}}}}}});
        shape(Spec(&document), schema).kind(Spec(&document))
    }

    #[test]
    fn types_are_told_in_words() {
        let ticket = json!({"$ref": "#/components/schemas/Ticket"});
        for (schema, words) in [
            (json!({"type": "string", "format": "uuid"}), "string, uuid"),
            (
                json!({"type": ["integer", "null"], "format": "int32"}),
                "integer",
            ),
            (
                json!({"type": "array", "items": {"type": "string", "format": "uuid"}}),
                "list of strings, uuid",
            ),
            (json!({"type": "array", "items": ticket}), "list of Ticket"),
            (json!({"anyOf": [ticket, {"type": "null"}]}), "Ticket"),
            (json!({"const": true}), "boolean"),
            (
                json!({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}),
                "list of lists of numbers",
            ),
            (json!({}), "any"),
        ] {
            assert_eq!(kind(&schema), words, "{schema}");
        }
    }

    #[test]
    fn all_parts_of_a_whole_count() {
        let document = json!({"a": {"properties": {"x": {}}, "required": ["x"]}});
        let whole = json!({"allOf": [{"$ref": "#/a"}, {"properties": {"y": {}}, "required": ["y"]}], "description": "Both."});
        let read = shape(Spec(&document), &whole);
        let expected = json!({"properties": {"x": {}, "y": {}}, "required": ["x", "y"], "description": "Both."});
        assert_eq!(read.schema, expected);
    }

    #[test]
    fn values_are_those_of_an_enum_a_constant_or_constants_in_forms() {
        let document = json!({});
        let values = |schema: &Value| shape(Spec(&document), schema).values();
        assert_eq!(values(&json!({"enum": ["a", null, "b"]})), ["a", "b"]);
        assert_eq!(
            values(&json!({"oneOf": [{"const": "a"}, {"const": "b"}]})),
            ["a", "b"]
        );
        assert_eq!(values(&json!({"const": 5})), ["5"]);
    }
}
