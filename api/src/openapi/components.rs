//! The named parts of the document, to which its operations refer: schemas, parameters, examples of problems.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use domain::reader::NAMED;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// The named parts that the operations have used so far.
pub(super) struct Components {
    /// Makes the schemas of responses from their types.
    pub generator: SchemaGenerator,
    schemas: Map<String, Value>,
    parameters: Map<String, Value>,
}

impl Components {
    /// No parts yet.
    pub fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        Self {
            generator: settings
                .with(|settings| settings.definitions_path = "/components/schemas".into())
                .into_generator(),
            schemas: Map::new(),
            parameters: Map::new(),
        }
    }

    /// Adds a schema. Returns a reference to it.
    pub fn schema(&mut self, name: &str, schema: Value) -> Value {
        let known = self.schemas.insert(name.to_owned(), schema);
        debug_assert!(
            known.is_none_or(|known| known == self.schemas[name]),
            "two schemas are called {name}"
        );
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    /// The parameter, or a reference to it where parameters of that name are shared.
    pub fn parameter(&mut self, name: Option<&str>, parameter: Value) -> Value {
        let Some(name) = name else { return parameter };
        let known = self.parameters.entry(name).or_insert(parameter.clone());
        if *known == parameter {
            json!({"$ref": format!("#/components/parameters/{name}")})
        } else {
            parameter
        }
    }

    /// Moves the named parts of a schema to the components. Returns the rest, with references to them.
    pub fn extract(&mut self, schema: &Value) -> Value {
        match schema {
            Value::Object(keywords) => {
                let extracted = keywords
                    .iter()
                    .map(|(keyword, inner)| (keyword.clone(), self.extract(inner)));
                let extracted: Map<String, Value> = extracted.collect();
                self.extract_named(extracted)
            }
            Value::Array(items) => items.iter().map(|item| self.extract(item)).collect(),
            other => other.clone(),
        }
    }

    fn extract_named(&mut self, mut schema: Map<String, Value>) -> Value {
        let Some(named) = schema.shift_remove(NAMED) else {
            return Value::Object(schema);
        };
        let (Some(name), about) = (named["name"].as_str(), &named["description"]) else {
            return Value::Object(schema);
        };
        let meaning = schema.shift_remove("description");
        let kind = schema.get("type").and_then(Value::as_array);
        let kind = kind.and_then(|kinds| kinds.first()).cloned();
        let is_nullable = kind.is_some();
        schema.extend(kind.map(|kind| ("type".to_owned(), kind)));
        let mut component = Map::from_iter([("description".to_owned(), about.clone())]);
        component.extend(schema);
        let reference = self.schema(name, Value::Object(component));
        let mut place = if is_nullable {
            json!({"anyOf": [reference, {"type": "null"}]})
        } else {
            reference
        };
        if let Some(meaning) = meaning {
            place["description"] = meaning;
        }
        place
    }

    /// All schemas and parameters, in the order of their names.
    pub fn into_parts(mut self) -> (Map<String, Value>, Map<String, Value>) {
        for (name, schema) in self.generator.take_definitions(true) {
            let schema = self.extract(&tidied(schema));
            self.schema(&name, schema);
        }
        self.schemas.sort_keys();
        (self.schemas, self.parameters)
    }
}

/// The schema with each paragraph of a description on one line, and with the number formats that JSON has.
pub(super) fn tidied(schema: Value) -> Value {
    match schema {
        Value::Object(keywords) => {
            let tidied = keywords.into_iter().filter_map(|(keyword, inner)| {
                let inner = match (keyword.as_str(), inner) {
                    // What a field of a response would be if it were absent, which it never is.
                    ("default", _) => return None,
                    ("description", Value::String(text)) => json!(unwrapped(&text)),
                    ("format", Value::String(format)) => match format.as_str() {
                        "int16" | "uint8" | "uint16" => return None,
                        "uint" | "uint32" | "uint64" => json!("int64"),
                        _ => json!(format),
                    },
                    (_, inner) => self::tidied(inner),
                };
                Some((keyword, inner))
            });
            Value::Object(tidied.collect())
        }
        Value::Array(items) => items.into_iter().map(tidied).collect(),
        other => other,
    }
}

/// Text without the line breaks of a comment. Those between paragraphs and before entries of a list stay.
fn unwrapped(text: &str) -> String {
    let mut unwrapped = String::new();
    for line in text.trim().lines() {
        let stays = line.is_empty() || line.starts_with("- ") || unwrapped.ends_with('\n');
        unwrapped.push_str(match (unwrapped.is_empty(), stays) {
            (true, _) => "",
            (false, true) => "\n",
            (false, false) => " ",
        });
        unwrapped.push_str(line);
    }
    unwrapped
}
