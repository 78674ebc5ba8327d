//! The body of a response: schemas, and examples of them.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use super::{
    Example, ExampleStage,
    components::{Components, tidied},
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// A field of a response body, or a whole body.
#[derive(Debug, Clone)]
pub(super) struct ResponsePart {
    name: fn() -> Cow<'static, str>,
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
            name: T::schema_name,
            schema: schema::<T>,
            example: ExampleSource::ByType(T::example),
        }
    }

    /// A part with this example.
    pub fn like<T: JsonSchema + Serialize>(example: &T) -> Self {
        Self {
            name: T::schema_name,
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

/// What a field of a response body is.
const MEANINGS: &[(&str, &str)] = &[
    ("attachment", "The file that was uploaded."),
    ("availability", "The availability of the caller."),
    ("checks", "The result of each check."),
    ("customers", "The requesters of this part of the list."),
    ("dashboard", "The dashboard of the caller."),
    ("events", "What happened, the oldest first."),
    ("expiresIn", "The seconds for which `token` is valid."),
    ("deliveries", "The deliveries of this part of the list."),
    ("delivery", "The delivery as it is now."),
    ("hasMore", "Whether more events may follow at once."),
    ("history", "The entries of this part of the list."),
    ("job", "The job as it is now."),
    ("jobs", "The jobs of this part of the list."),
    ("message", "The message as it is now."),
    ("messages", "The messages of this part of the list."),
    ("notification", "The notification as it is now."),
    (
        "notifications",
        "The notifications of this part of the list.",
    ),
    (
        "pagination",
        "Which part of the list this is, and how to get the next one.",
    ),
    ("position", "The position to continue from, as `after`."),
    (
        "publicKey",
        "The public key of this system, for the subscription of a browser, in Base64 for URLs.",
    ),
    ("policies", "The rules in their order of precedence."),
    ("preferences", "The preferences of the caller."),
    ("queues", "The state of each queue."),
    (
        "read",
        "The number of notifications that were not read before.",
    ),
    (
        "refreshToken",
        "The secret that gets new tokens when `token` has expired. It can be used once.",
    ),
    (
        "released",
        "The number of tickets that were returned to the queue.",
    ),
    (
        "secret",
        "The key of the signatures. It is shown once: a repeat of the request has null in its place.",
    ),
    ("sla", "The clocks of the imagined ticket."),
    ("subscription", "The subscription as it is now."),
    ("subscriptions", "The devices of the caller."),
    (
        "suggestions",
        "The tickets that may be meant, the newest first.",
    ),
    ("ticket", "The ticket as it is now."),
    ("tickets", "The tickets of this part of the list."),
    (
        "token",
        "The access token, to be sent as `Authorization: Bearer <token>`.",
    ),
    (
        "unreadCount",
        "The number of notifications that are not read yet, up to 10 000.",
    ),
    ("user", "The account as it is now."),
    ("users", "The accounts of this part of the list."),
    ("webhook", "The endpoint as it is now."),
    ("webhooks", "All endpoints."),
];

/// The fields of an object besides `success`, which has the name or one that follows from its first field.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    pub name: Option<&'static str>,
    pub parts: Vec<(&'static str, ResponsePart)>,
}

impl Fields {
    /// The name in the document: `TicketResponse` for a `Ticket`, `TicketList` for a list of them.
    fn name(&self) -> Cow<'static, str> {
        if let Some(name) = self.name {
            return name.into();
        }
        let Some((_, first)) = self.parts.first() else {
            return "Success".into();
        };
        let of = (first.name)();
        match of.strip_prefix("Array_of_") {
            Some(entry) => format!("{entry}List").into(),
            None => format!("{of}Response").into(),
        }
    }

    fn schema(&self, components: &mut Components) -> Value {
        let success = json!({"type": "boolean", "const": true, "description": "Always true, as in every successful response."});
        let mut properties = Map::from_iter([("success".to_owned(), success)]);
        for (field, part) in &self.parts {
            let mut schema = tidied(part.schema(&mut components.generator));
            let known = MEANINGS.iter().find(|(known, _)| known == field);
            if let Some((_, meaning)) = known {
                schema["description"] = json!(meaning);
            }
            properties.insert((*field).to_owned(), schema);
        }
        let required: Vec<_> = properties.keys().cloned().collect();
        let about = match self.parts.first() {
            Some((field, _)) => format!("A successful response, with the result in `{field}`."),
            None => "A successful response.".to_owned(),
        };
        let object = json!({"description": about, "type": "object", "properties": properties, "required": required});
        components.schema(&self.name(), object)
    }

    fn example(&self, at: ExampleStage) -> Value {
        let success = ("success".to_owned(), json!(true));
        let parts = self.parts.iter();
        let parts = parts.map(|(field, part)| ((*field).to_owned(), part.example(at)));
        std::iter::once(success).chain(parts).collect()
    }
}

/// The body of the success of an operation.
#[derive(Debug, Clone)]
pub(super) enum ResponseBody {
    /// An object of `success` and these fields.
    Fields(Fields),
    /// One of two objects, under that name; the example is of the first.
    Either(&'static str, Box<[Fields; 2]>),
    /// An object of a type that has `success` itself.
    Whole(ResponsePart),
    /// An HTML page, for people.
    Page,
    /// No body: the caller is a service that was given the address.
    Nothing,
    /// A file.
    File,
    /// Text: its content type and an example.
    Text(&'static str, &'static str),
}

impl ResponseBody {
    /// The JSON Schema of the body; `None` where it is not JSON.
    pub fn schema(&self, components: &mut Components) -> Option<Value> {
        match self {
            Self::Fields(fields) => Some(fields.schema(components)),
            Self::Either(name, both) => {
                let both: Vec<_> = both
                    .iter()
                    .map(|fields| fields.schema(components))
                    .collect();
                let about = "One of two successful responses, depending on the caller.";
                Some(components.schema(name, json!({"description": about, "anyOf": both})))
            }
            Self::Whole(whole) => Some(whole.schema(&mut components.generator)),
            Self::Page | Self::Nothing | Self::File | Self::Text(..) => None,
        }
    }

    /// An example of the body; null where it is not JSON.
    pub fn example(&self, at: ExampleStage) -> Value {
        match self {
            Self::Whole(whole) => whole.example(at),
            Self::Fields(fields) => fields.example(at),
            Self::Either(_, both) => {
                let [first, _] = &**both;
                first.example(at)
            }
            Self::Page | Self::Nothing | Self::File | Self::Text(..) => Value::Null,
        }
    }
}
