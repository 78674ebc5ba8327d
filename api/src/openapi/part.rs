//! What an answer is made of: a schema, and an example that is of it.

use super::{Example, ExampleStage};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A field of an answer, or a whole one.
#[derive(Debug, Clone)]
pub(super) struct ResponsePart {
    schema: fn(&mut SchemaGenerator) -> Value,
    example: Told,
}

#[derive(Debug, Clone)]
enum Told {
    /// By the type, which knows the story.
    ByType(fn(ExampleStage) -> Value),
    /// By the operation: the type is one of those that say nothing of what they mean.
    ByOperation(Value),
}

impl ResponsePart {
    /// A part of that type, which tells an example of itself.
    pub fn of<T: JsonSchema + Example>() -> Self {
        Self {
            schema: schema::<T>,
            example: Told::ByType(T::example),
        }
    }

    /// A part that looks like this.
    pub fn like<T: JsonSchema + Serialize>(example: &T) -> Self {
        Self {
            schema: schema::<T>,
            example: Told::ByOperation(json!(example)),
        }
    }

    pub fn schema(&self, generator: &mut SchemaGenerator) -> Value {
        (self.schema)(generator)
    }

    pub fn example(&self, at: ExampleStage) -> Value {
        match &self.example {
            Told::ByType(example) => example(at),
            Told::ByOperation(example) => example.clone(),
        }
    }
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// What an operation answers with when it succeeds.
#[derive(Debug, Clone)]
pub(super) enum Answers {
    /// `success`, and these fields besides: first those that are always there.
    Fields(
        Vec<(&'static str, ResponsePart)>,
        Vec<(&'static str, ResponsePart)>,
    ),
    /// An object that has `success` itself.
    Whole(ResponsePart),
    /// A page, as which refusals of these statuses come, too.
    Page(&'static [u16]),
    /// A file.
    File,
    /// Text of that type, and some of it.
    Text(&'static str, &'static str),
}

impl Answers {
    /// The schema of a success that is JSON.
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

    /// An example of a success that is JSON.
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
