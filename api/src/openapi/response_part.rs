//! The body of a response: schemas, and examples of them.

use super::{Example, ExampleStage};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A field of a response body, or a whole body.
#[derive(Debug, Clone)]
pub(super) struct ResponsePart {
    schema: fn(&mut SchemaGenerator) -> Value,
    example: ExampleSource,
}

#[derive(Debug, Clone)]
enum ExampleSource {
    /// The type makes the example, from the example ticket.
    ByType(fn(ExampleStage) -> Value),
    /// The operation declares the example, for types such as numbers.
    ByOperation(Value),
}

impl ResponsePart {
    /// A part of a type with an example.
    pub fn of<T: JsonSchema + Example>() -> Self {
        Self {
            schema: schema::<T>,
            example: ExampleSource::ByType(T::example),
        }
    }

    /// A part with this example.
    pub fn like<T: JsonSchema + Serialize>(example: &T) -> Self {
        Self {
            schema: schema::<T>,
            example: ExampleSource::ByOperation(json!(example)),
        }
    }

    /// The JSON Schema of the part.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Value {
        (self.schema)(generator)
    }

    /// The example of the part, with the example ticket at this stage.
    pub fn example(&self, at: ExampleStage) -> Value {
        match &self.example {
            ExampleSource::ByType(example) => example(at),
            ExampleSource::ByOperation(example) => example.clone(),
        }
    }
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// The body of the success of an operation.
#[derive(Debug, Clone)]
pub(super) enum ResponseBody {
    /// An object of `success` and these fields: first the required ones, then the optional ones.
    Fields(
        Vec<(&'static str, ResponsePart)>,
        Vec<(&'static str, ResponsePart)>,
    ),
    /// An object of a type that has `success` itself.
    Whole(ResponsePart),
    /// An HTML page. Refusals of these statuses are pages too.
    Page(&'static [u16]),
    /// A file.
    File,
    /// Text: its content type and an example.
    Text(&'static str, &'static str),
}

impl ResponseBody {
    /// The JSON Schema of the body; `None` where it is not JSON.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Option<Value> {
        let (always, sometimes) = match self {
            Self::Fields(always, sometimes) => (always, sometimes),
            Self::Whole(whole) => return Some(whole.schema(generator)),
            Self::Page(_) | Self::File | Self::Text(..) => return None,
        };
        let mut properties = Map::from_iter([("success".to_owned(), json!({"const": true}))]);
        for (field, part) in always {
            properties.insert((*field).to_owned(), part.schema(generator));
        }
        let required: Vec<_> = properties.keys().cloned().collect();
        for (field, part) in sometimes {
            properties.insert((*field).to_owned(), part.schema(generator));
        }
        Some(json!({"type": "object", "properties": properties, "required": required}))
    }

    /// An example of the body; null where it is not JSON.
    pub fn example(&self, at: ExampleStage) -> Value {
        match self {
            Self::Whole(whole) => whole.example(at),
            Self::Fields(always, sometimes) => {
                let success = ("success".to_owned(), json!(true));
                let parts = always.iter().chain(sometimes);
                let parts = parts.map(|(field, part)| ((*field).to_owned(), part.example(at)));
                std::iter::once(success).chain(parts).collect()
            }
            Self::Page(_) | Self::File | Self::Text(..) => Value::Null,
        }
    }
}
