//! The history of a ticket, as each viewer sees it. Its schema is one of a form for each kind of entry, found from the
//! kinds themselves.

use super::people::{People, Sender, sender_in_role};
use crate::respond::Time;
use domain::{
    ids::EventId,
    tickets::{EventActor, TicketEvent, TicketEventKind, access::Viewer},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// An entry of the history of a ticket: one change of the ticket.
#[derive(Debug, Serialize)]
pub struct EventView<'a> {
    id: EventId,
    #[serde(rename = "type")]
    kind: &'static str,
    at: Time,
    by: Option<Sender<'a>>,
    details: Map<String, Value>,
}

/// An entry of the history, as `reader` sees it. `by` is null for the system.
#[must_use]
pub fn event<'a>(event: &TicketEvent, people: &'a People, reader: Viewer) -> EventView<'a> {
    let mut details = match json!(event.kind) {
        Value::Object(details) => details,
        _ => Map::new(),
    };
    details.shift_remove("type");
    details.shift_remove(STORED_ONLY);
    // The reason of an assignment shows the load of agents; that of a redaction may quote the message.
    let is_for_staff = REASONS_FOR_STAFF.contains(&event.kind.name());
    if reader == Viewer::Requester && is_for_staff {
        details.shift_remove("reason");
    }
    EventView {
        id: event.id,
        kind: event.kind.name(),
        at: Time(event.at),
        by: match event.by {
            EventActor::Person(person, role) => Some(sender_in_role(person, role, people)),
            EventActor::System => None,
        },
        details,
    }
}

/// The detail that nobody sees: whom a note mentioned is a part of the text that was redacted.
const STORED_ONLY: &str = "mentioned";

/// The kinds whose `reason` only staff see.
const REASONS_FOR_STAFF: &[&str] = &["assigned", "message_redacted"];

/// The fields of every entry, besides `type` and `details`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Entry<'a> {
    /// The id of the entry.
    id: EventId,
    /// When the change was made. A missed deadline has the instant of the deadline.
    at: Time,
    /// The person who made the change. It is null for the system.
    by: Option<Sender<'a>>,
}

impl JsonSchema for EventView<'_> {
    fn schema_name() -> Cow<'static, str> {
        "HistoryEntry".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds = TicketEventKind::json_schema(generator).to_value();
        let common = Entry::json_schema(generator).to_value();
        let (mut forms, mut mapping) = (Vec::new(), Map::new());
        let kinds = kinds.get("oneOf").and_then(Value::as_array);
        for kind in kinds.into_iter().flatten() {
            let Some(name) = kind
                .pointer("/properties/type/const")
                .and_then(Value::as_str)
            else {
                continue;
            };
            let entry = in_pascal_case(name) + "Entry";
            let details = details(kind, name, generator);
            let schema = form(kind, name, &common, &details);
            generator.definitions_mut().insert(entry.clone(), schema);
            let place = format!("#/components/schemas/{entry}");
            forms.push(json!({"$ref": place}));
            mapping.insert(name.to_owned(), json!(place));
        }
        schemars::json_schema!({
            "description": "An entry of the history of a ticket: one change of the ticket. `type` tells which.",
            "oneOf": forms,
            "discriminator": {"propertyName": "type", "mapping": mapping},
        })
    }
}

/// The schema of the entries of a kind.
fn form(kind: &Value, name: &str, common: &Value, details: &Value) -> Value {
    let field = |name: &str| common.pointer(&format!("/properties/{name}")).cloned();
    json!({
        "description": kind.get("description"),
        "type": "object",
        "properties": {
            "id": field("id"),
            "type": {"description": format!("The kind of the entry, which is always `{name}`."), "type": "string", "const": name},
            "at": field("at"),
            "by": field("by"),
            "details": details,
        },
        "required": ["id", "type", "at", "by", "details"],
    })
}

/// Adds the schema of the details of a kind: its fields without `type` and what nobody sees. Returns a reference to it.
fn details(kind: &Value, name: &str, generator: &mut SchemaGenerator) -> Value {
    let mut fields = kind
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    fields.shift_remove("type");
    fields.shift_remove(STORED_ONLY);
    let is_for_staff = REASONS_FOR_STAFF.contains(&name);
    let required: Vec<_> = fields
        .keys()
        .filter(|field| !(is_for_staff && *field == "reason"))
        .cloned()
        .collect();
    let (schema, about) = if fields.is_empty() {
        (
            "NoDetails".to_owned(),
            "An entry of this kind has no details.".to_owned(),
        )
    } else {
        (
            in_pascal_case(name) + "Details",
            format!("The details of an entry of the kind `{name}`."),
        )
    };
    let object =
        json!({"description": about, "type": "object", "properties": fields, "required": required});
    generator.definitions_mut().insert(schema.clone(), object);
    json!({
        "description": "What changed.",
        "$ref": format!("#/components/schemas/{schema}"),
    })
}

/// `StatusChanged` for `status_changed`.
fn in_pascal_case(words: &str) -> String {
    let words = words.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}
