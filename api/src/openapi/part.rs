//! What an answer is made of: a schema, and an example that is of it.

use super::{Example, Moment};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

/// A field of an answer, or a whole one.
#[derive(Debug, Clone)]
pub(super) struct Part {
    schema: fn(&mut SchemaGenerator) -> Value,
    example: Told,
}

#[derive(Debug, Clone)]
enum Told {
    /// By the type, which knows the story.
    ByType(fn(Moment) -> Value),
    /// By the operation: the type is one of those that say nothing of what they mean.
    ByOperation(Value),
}

impl Part {
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

    pub fn example(&self, at: Moment) -> Value {
        match &self.example {
            Told::ByType(example) => example(at),
            Told::ByOperation(example) => example.clone(),
        }
    }
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}
