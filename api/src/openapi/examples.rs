//! Examples of responses that several operations have: they are written once.

#![expect(
    clippy::indexing_slicing,
    reason = "JSON: an absent field reads as null, and is created when it is written"
)]

use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Moves the examples that several responses of one schema have out of the paths. Returns them by the names of their
/// schemas.
pub(super) fn shared_examples(paths: &mut Map<String, Value>) -> Map<String, Value> {
    let mut counts: HashMap<(String, String), usize> = HashMap::new();
    for content in contents(paths) {
        let key = (name(content), content["example"].to_string());
        *counts.entry(key).or_default() += 1;
    }
    let mut shared: Map<String, Value> = Map::new();
    for content in contents(paths) {
        let (name, example) = (name(content), content["example"].clone());
        if counts
            .get(&(name.clone(), example.to_string()))
            .is_none_or(|count| *count < 2)
        {
            continue;
        }
        let known = shared
            .entry(name.clone())
            .or_insert_with(|| json!({"summary": "A successful response.", "value": example}));
        if known["value"] == example
            && let Some(content) = content.as_object_mut()
        {
            content.shift_remove("example");
            let place = format!("#/components/examples/{name}");
            content.insert("examples".to_owned(), json!({name: {"$ref": place}}));
        }
    }
    shared
}

/// The JSON contents of all responses.
fn contents(paths: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    let items = paths.values_mut().filter_map(Value::as_object_mut);
    let operations = items.flat_map(Map::values_mut);
    let responses = operations.filter_map(|operation| operation["responses"].as_object_mut());
    let responses = responses.flat_map(Map::values_mut);
    responses.filter_map(|response| response.pointer_mut("/content/application~1json"))
}

fn name(content: &Value) -> String {
    let place = content["schema"]["$ref"].as_str().unwrap_or_default();
    place.trim_start_matches("#/components/schemas/").to_owned()
}
