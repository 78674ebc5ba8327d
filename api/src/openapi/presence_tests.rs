//! The fields that the document requires are exactly those whose absence the readers refuse: each field of
//! each example is removed once, at every depth.

use super::Operation;
use crate::routes;
use serde_json::{Map, Value};

/// Fields that are required only beside some value of another field, which `required` of a schema cannot
/// express. The text of a message is required unless there are attachments, and a browser has other fields than an app.
const BESIDE_ANOTHER: &[&str] = &[
    "events[1].status",
    "currentPassword",
    "message",
    "endpoint",
    "keys",
];

/// A field of an example: where its object is, what it is called, and whether the document needs it.
struct Place {
    object: String,
    path: String,
    name: String,
    is_needed: bool,
}

fn places(schema: &Value, example: &Value, (pointer, path): (&str, &str), found: &mut Vec<Place>) {
    if let Some(items) = example.as_array() {
        for (index, item) in items.iter().enumerate() {
            let at = (format!("{pointer}/{index}"), format!("{path}[{index}]"));
            places(&schema["items"], item, (&at.0, &at.1), found);
        }
    }
    let (Some(known), Some(fields)) = (schema["properties"].as_object(), example.as_object())
    else {
        return;
    };
    for (name, value) in fields {
        let path = [path, name].join(if path.is_empty() { "" } else { "." });
        found.push(Place {
            object: pointer.to_owned(),
            is_needed: has(&schema["required"], name),
            path: path.clone(),
            name: name.clone(),
        });
        let inner = format!("{pointer}/{name}");
        places(&known[name], value, (&inner, &path), found);
    }
}

fn has(names: &Value, name: &str) -> bool {
    let names = names.as_array();
    names.is_some_and(|names| names.iter().any(|other| other == name))
}

fn without(example: &Value, place: &Place) -> Map<String, Value> {
    let mut rest = example.clone();
    let object = rest.pointer_mut(&place.object).unwrap();
    object.as_object_mut().unwrap().shift_remove(&place.name);
    rest.as_object().unwrap().clone()
}

/// Checks every field of the example. Returns the number of fields.
fn check_fields(operation: &Operation) -> usize {
    let Some(object) = operation.reads_object() else {
        return 0;
    };
    let (schema, example) = (&object.schema, &object.example);
    let mut found = Vec::new();
    places(schema, example, ("", ""), &mut found);
    for place in &found {
        let errors = operation.errors_of_body(without(example, place));
        let is_missed = errors
            .iter()
            .any(|field_error| field_error.code == "required" && field_error.field == place.path);
        if !BESIDE_ANOTHER.contains(&place.path.as_str()) {
            let (id, path) = (operation.id, &place.path);
            assert_eq!(is_missed, place.is_needed, "{id} {path}: {errors:?}");
        }
    }
    found.len()
}

#[test]
fn the_document_requires_exactly_the_fields_that_the_readers_require() {
    let (_, routes) = routes::all();
    let looked_at: usize = routes
        .iter()
        .map(|route| check_fields(&route.operation))
        .sum();
    assert!(looked_at > 100, "{looked_at}");
}
