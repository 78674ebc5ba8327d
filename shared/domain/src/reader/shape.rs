//! The fields that a reader reads, as a JSON Schema.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use crate::field_error::{Constraint, Limit};
use serde_json::{Map, Value, json};

/// The place of the list of time zones in the document.
pub(super) const TIME_ZONE: &str = "#/components/schemas/TimeZone";

/// The fields that a reader reads, in their order.
#[derive(Debug, Default)]
pub struct Shape {
    fields: Vec<(String, Value)>,
    /// The fields of a merge patch that null clears.
    nullable: Vec<String>,
}

impl Shape {
    /// Adds a field of that schema. A second read of the same field changes nothing.
    pub fn property(&mut self, field: &str, schema: Value) {
        if !self.fields.iter().any(|(known, _)| known == field) {
            self.fields.push((field.to_owned(), schema));
        }
    }

    /// In a merge patch, null clears this field.
    pub fn may_be_null(&mut self, field: &str) {
        self.nullable.push(field.to_owned());
    }

    /// The schema of an object of these fields and no others, within these limits. Optional fields may be null.
    #[must_use]
    pub fn into_schema(self, limits: Vec<Limit>) -> Value {
        self.written(limits, |name, _, needed| !needed.contains(&json!(name)))
    }

    /// As [`Shape::into_schema`], for a merge patch: only the fields that null clears may be null.
    #[must_use]
    pub fn into_patch_schema(self, limits: Vec<Limit>) -> Value {
        self.written(limits, |name, nullable, _| {
            nullable.iter().any(|clears| clears == name)
        })
    }

    fn written(
        self,
        limits: Vec<Limit>,
        may_be_null: impl Fn(&str, &[String], &[Value]) -> bool,
    ) -> Value {
        let properties: Map<String, Value> = self.fields.into_iter().collect();
        let mut schema = json!({
            "type": "object",
            "properties": properties,
            "required": [],
            "additionalProperties": false,
        });
        for limit in limits {
            apply(&mut schema, &limit.field, &limit.asks);
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        if let Some(properties) = schema["properties"].as_object_mut() {
            for (name, property) in properties {
                if may_be_null(name, &self.nullable, &required) {
                    nullable(property);
                }
            }
        }
        schema
    }
}

/// Writes a limit into the schema at its path. A limit without a property at its path is dropped.
fn apply(object: &mut Value, path: &str, asks: &Constraint) {
    let (segment, rest) = path
        .split_once('.')
        .map_or((path, None), |(head, rest)| (head, Some(rest)));
    let (name, entry) = segment
        .split_once('[')
        .map_or((segment, false), |(name, _)| (name, true));
    if rest.is_none() && !entry && *asks == Constraint::Presence {
        if let Some(required) = object["required"].as_array_mut()
            && !required.iter().any(|needed| needed == name)
        {
            required.push(json!(name));
        }
        // The schema of an inner object was made before the object was known to be required.
        if let Some(needed) = object["properties"].get_mut(name) {
            *needed = not_nullable(needed);
        }
        return;
    }
    if rest.is_none()
        && let Some(rule) = rule(name, asks)
    {
        match object["allOf"].as_array_mut() {
            Some(rules) => rules.push(rule),
            None => object["allOf"] = json!([rule]),
        }
        return;
    }
    let Some(mut place) = object
        .get_mut("properties")
        .and_then(|all| all.get_mut(name))
    else {
        return;
    };
    if entry {
        let Some(items) = place.get_mut("items") else {
            return;
        };
        place = items;
    }
    if let Some(rest) = rest {
        return apply(place, rest, asks);
    }
    let may_be_null = is_nullable(place);
    if let Some(place) = place.as_object_mut() {
        place.extend(keywords(asks));
    }
    if may_be_null {
        nullable(place);
    }
}

/// The rule for the outer object, where one field depends on another.
fn rule(name: &str, asks: &Constraint) -> Option<Value> {
    match asks {
        Constraint::With(other, words) => Some(json!({
            "if": {"properties": {&**other: {"enum": words}}, "required": [other]},
            "else": {"properties": {name: {"type": "null"}}},
        })),
        Constraint::Unless(other) => {
            let entries = json!({"type": "array", "minItems": 1});
            let text = json!({"type": "string", "minLength": 1, "pattern": NOT_BLANK});
            Some(json!({
                "if": {"properties": {&**other: entries}, "required": [other]},
                "else": {"properties": {name: text}, "required": [name]},
            }))
        }
        _ => None,
    }
}

/// The pattern of text that is more than white space.
const NOT_BLANK: &str = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$";

fn keywords(asks: &Constraint) -> Map<String, Value> {
    let keywords = match asks {
        // These are rules for the outer object.
        Constraint::Presence | Constraint::With(..) | Constraint::Unless(_) => json!({}),
        // White space does not fill a required field. NUL is refused everywhere.
        Constraint::Text(0, max) => json!({"maxLength": max, "pattern": "^[^\\u0000]*$"}),
        Constraint::Text(min, max) => {
            json!({"minLength": min, "maxLength": max, "pattern": NOT_BLANK})
        }
        Constraint::Word(words) => json!({"enum": words}),
        Constraint::AnyOf(words) => {
            let any = words.join("|");
            json!({"pattern": format!("^({any})(,({any}))*$")})
        }
        Constraint::Integer(least, most) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        Constraint::Entries(most) => json!({"maxItems": most}),
        Constraint::Id => json!({"format": "uuid"}),
        Constraint::Format(format) => json!({"format": format}),
        Constraint::TimeZone => json!({"$ref": TIME_ZONE}),
        Constraint::AnyFormat(formats) => {
            let any: Vec<Value> = formats
                .iter()
                .map(|format| json!({"format": format}))
                .collect();
            json!({"anyOf": any})
        }
        Constraint::OneOf(forms) => {
            json!({"oneOf": forms.iter().map(|form| only(form, forms)).collect::<Vec<_>>()})
        }
        Constraint::Pattern(pattern) => json!({"pattern": pattern}),
    };
    match keywords {
        Value::Object(keywords) => keywords,
        _ => Map::new(),
    }
}

/// The schema of one form: its fields are present, and those of the other forms are absent or null.
fn only(form: &[&str], forms: &[&[&str]]) -> Value {
    let kind = |field: &str| {
        if form.contains(&field) {
            "string"
        } else {
            "null"
        }
    };
    let fields = forms.iter().copied().flatten();
    let properties: Map<String, Value> = fields
        .map(|field| ((*field).to_owned(), json!({"type": kind(field)})))
        .collect();
    json!({"required": form, "properties": properties})
}

/// Whether the property may be null. An inner object is described with null before the limits of the outer
/// object are applied.
fn is_nullable(property: &Value) -> bool {
    let kinds = property["type"].as_array();
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
}

/// The same schema without null: a query parameter or a required field cannot be null.
#[must_use]
pub fn not_nullable(schema: &Value) -> Value {
    if let Some(reference) = schema["anyOf"][0].get("$ref") {
        return json!({"$ref": reference});
    }
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

fn nullable(property: &mut Value) {
    if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    if let Some(kind) = property.get("type").and_then(Value::as_str) {
        property["type"] = json!([kind, "null"]);
    }
    if let Some(reference) = property.get("$ref").cloned() {
        *property = json!({"anyOf": [{"$ref": reference}, {"type": "null"}]});
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        people::fields::timezone,
        reader::ObjectReader,
        sla::PolicyRule,
        tickets::{NewRating, Priority},
    };
    use serde_json::json;

    #[test]
    fn a_body_is_described_by_reading_it() {
        let schema = ObjectReader::describe(|reader| {
            NewRating::read(reader);
            reader.word::<Priority>("priority");
            reader.objects("files", |file| file.required("url", 1..=10));
        });
        assert_eq!(schema["required"], json!(["rating"]));
        assert_eq!(
            schema["properties"]["rating"],
            json!({"type": "integer", "minimum": 1, "maximum": 5})
        );
        assert_eq!(schema["properties"]["feedback"]["maxLength"], 5_000);
        assert_eq!(
            schema["properties"]["priority"]["enum"],
            json!(["low", "medium", "high", "urgent", null])
        );
        let zone = ObjectReader::describe(|reader| {
            let zone = reader.text("timezone");
            timezone(reader.errors(), "timezone", zone.as_deref());
        });
        let zone = &zone["properties"]["timezone"]["anyOf"];
        assert_eq!(*zone, json!([{"$ref": super::TIME_ZONE}, {"type": "null"}]));
        let file = &schema["properties"]["files"]["items"];
        assert_eq!(file["required"], json!(["url"]));
        assert_eq!(file["properties"]["url"]["maxLength"], 10);
    }

    #[test]
    fn a_field_of_an_entry_that_may_be_absent_may_be_null_also_within_limits() {
        let schema = ObjectReader::describe(|reader| PolicyRule::read_list(reader, 80));
        let rule = &schema["properties"]["policies"]["items"]["properties"];
        assert_eq!(rule["category"]["type"], json!(["string", "null"]));
        let words = rule["category"]["enum"].as_array().unwrap();
        assert_eq!(words.last(), Some(&json!(null)));
    }
}
