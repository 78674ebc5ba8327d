//! The fields that a reader reads, as a JSON Schema.
//!
//! A part of a schema that has a name in the document, such as an inner object or an enum, stands in its place, with
//! its name and description under [`NAMED`]. The document moves it to its components, and leaves a reference.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use crate::field_error::{Constraint, Form, Limit};
use serde_json::{Map, Value, json};

/// The keyword that holds the name and the description of a schema.
pub const NAMED: &str = "x-named";

/// Fields and what they mean, in whole sentences.
pub type Meanings = &'static [(&'static str, &'static str)];

/// The fields that a reader reads, in their order.
#[derive(Debug, Default)]
pub struct Shape {
    name: Option<(&'static str, &'static str)>,
    fields: Vec<(String, Value)>,
    meanings: Vec<(&'static str, &'static str)>,
    /// The fields of a merge patch that null clears.
    nullable: Vec<String>,
}

impl Shape {
    /// The name of the object in the document, and what it is. A second name changes nothing.
    pub fn named(&mut self, name: &'static str, about: &'static str) {
        self.name.get_or_insert((name, about));
    }

    /// What fields mean.
    pub fn mean(&mut self, meanings: Meanings) {
        self.meanings.extend(meanings);
    }

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

    /// The schema of an object of these fields and no others, within these limits. Null is not part of it, except
    /// where it clears a field of a merge patch: elsewhere it counts as absent.
    #[must_use]
    pub fn into_schema(self, limits: Vec<Limit>) -> Value {
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
        for (field, meaning) in self.meanings {
            if let Some(property) = schema["properties"].get_mut(field) {
                property["description"] = json!(meaning);
            }
        }
        for field in self.nullable {
            if let Some(property) = schema["properties"].get_mut(&field) {
                property["type"] = json!([property["type"], "null"]);
            }
        }
        if let Some((name, about)) = self.name {
            schema[NAMED] = json!({"name": name, "description": about});
        }
        schema
    }
}

/// A schema of schemars.
#[must_use]
pub fn schema(schema: Value) -> schemars::Schema {
    schema.try_into().unwrap_or_default()
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
    match asks {
        Constraint::OneOf(forms) => *place = one_of(place, forms),
        Constraint::List => *place = json!({"type": "array", "items": place}),
        asks => {
            if let Some(place) = place.as_object_mut() {
                place.extend(keywords(asks));
            }
        }
    }
}

/// The pattern of text that is more than white space.
const NOT_BLANK: &str = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$";

fn keywords(asks: &Constraint) -> Map<String, Value> {
    let keywords = match asks {
        // These change more than keywords of the property.
        Constraint::Presence | Constraint::List | Constraint::OneOf(_) => json!({}),
        // White space does not fill a required field. NUL is refused everywhere.
        Constraint::Text(0, max) => json!({"maxLength": max, "pattern": "^[^\\u0000]*$"}),
        Constraint::Text(min, max) => {
            json!({"minLength": min, "maxLength": max, "pattern": NOT_BLANK})
        }
        Constraint::Word(list) => {
            let mut keywords = json!({
                "enum": list.words,
                NAMED: {"name": list.name, "description": list.about},
            });
            if let Some(names) = list.names {
                keywords["x-enum-varnames"] = json!(names);
            }
            keywords
        }
        Constraint::Integer(least, most) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        Constraint::Entries(most) => json!({"maxItems": most}),
        Constraint::Id => json!({"format": "uuid"}),
        Constraint::Format(format) => json!({"format": format}),
        // The names are not listed: there are hundreds, and new ones every year.
        Constraint::TimeZone => json!({
            "pattern": "^[A-Za-z0-9+_/-]{1,64}$",
            "examples": ["Africa/Nairobi"],
            NAMED: {
                "name": "TimeZone",
                "description": "The name of a time zone in the IANA database, such as `Africa/Nairobi` or `UTC`.",
            },
        }),
        Constraint::Flag => json!({"type": "boolean"}),
        Constraint::Pattern(pattern) => json!({"pattern": pattern}),
    };
    match keywords {
        Value::Object(keywords) => keywords,
        _ => Map::new(),
    }
}

/// The schema of an object that has one of these forms, from the schema of an object with all of their fields.
fn one_of(object: &Value, forms: &[Form]) -> Value {
    let alternatives = forms.iter().map(|form| {
        let fields = form.fields.iter();
        let properties: Map<String, Value> = fields
            .map(|field| ((*field).to_owned(), object["properties"][*field].clone()))
            .collect();
        json!({
            "type": "object",
            "properties": properties,
            "required": form.fields,
            "additionalProperties": false,
            NAMED: {"name": form.name, "description": form.about},
        })
    });
    let alternatives: Vec<_> = alternatives.collect();
    json!({"oneOf": alternatives, NAMED: object[NAMED]})
}

#[cfg(test)]
mod tests {
    use super::NAMED;
    use crate::{
        people::fields::timezone,
        reader::{ObjectReader, QueryReader},
        sla::PolicyRule,
        tickets::{NewRating, Priority},
    };
    use serde_json::json;

    #[test]
    fn a_body_is_described_by_reading_it() {
        let schema = ObjectReader::describe(|reader| {
            reader.named("Example", "An example.");
            reader.mean(&[("priority", "How urgent it is.")]);
            NewRating::read(reader);
            reader.word::<Priority>("priority");
            reader.objects("files", |file| file.required("url", 1..=10));
        });
        assert_eq!(schema["required"], json!(["rating"]));
        assert_eq!(schema[NAMED]["name"], "Example", "the first name counts");
        let rating = &schema["properties"]["rating"];
        assert_eq!(
            (&rating["minimum"], &rating["maximum"]),
            (&json!(1), &json!(5))
        );
        assert_eq!(schema["properties"]["feedback"]["maxLength"], 5_000);
        let priority = &schema["properties"]["priority"];
        assert_eq!(priority["enum"], json!(["low", "medium", "high", "urgent"]));
        assert_eq!(priority["description"], "How urgent it is.");
        assert_eq!(priority[NAMED]["name"], "Priority");
        let file = &schema["properties"]["files"]["items"];
        assert_eq!(file["required"], json!(["url"]));
        assert_eq!(file["properties"]["url"]["maxLength"], 10);
    }

    #[test]
    fn null_is_described_only_where_it_clears_a_field() {
        let read = |reader: &mut ObjectReader| {
            reader.clears("employeeId");
            reader.text("employeeId");
            reader.text("language");
        };
        let kinds = |schema: serde_json::Value| {
            let properties = &schema["properties"];
            [
                properties["employeeId"]["type"].clone(),
                properties["language"]["type"].clone(),
            ]
        };
        let patch = ObjectReader::describe_patch(read);
        assert_eq!(kinds(patch), [json!(["string", "null"]), json!("string")]);
        let body = ObjectReader::describe(read);
        assert_eq!(kinds(body), [json!("string"), json!("string")]);
    }

    #[test]
    fn time_zones_are_described_by_their_form_and_not_by_a_list() {
        let schema = ObjectReader::describe(|reader| {
            let zone = reader.text("timezone");
            timezone(reader.errors(), "timezone", zone.as_deref());
        });
        let zone = &schema["properties"]["timezone"];
        assert_eq!(zone[NAMED]["name"], "TimeZone");
        assert!(zone["enum"].is_null());
    }

    #[test]
    fn values_that_are_separated_by_commas_are_described_as_a_list() {
        let schema = QueryReader::describe(|query| query.words::<Priority>("priority"));
        let list = &schema["properties"]["priority"];
        assert_eq!(list["type"], "array");
        assert_eq!(list["items"]["type"], "string");
        assert_eq!(list["items"][NAMED]["name"], "Priority");
    }

    #[test]
    fn the_words_of_an_inner_object_keep_their_name() {
        let schema = ObjectReader::describe(|reader| PolicyRule::read_list(reader, 80));
        let rule = &schema["properties"]["policies"]["items"]["properties"];
        assert_eq!(rule["category"][NAMED]["name"], "Category");
        assert_eq!(rule["customerRole"][NAMED]["name"], "RequesterRole");
    }
}
