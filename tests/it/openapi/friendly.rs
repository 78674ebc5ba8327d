//! What generators of clients and newcomers need of the OpenAPI document: names, descriptions, tags, a bounded size.

use crate::harness::App;
use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Fields that are absent for requesters, and null for others.
const ABSENT_FOR_REQUESTERS: &[&str] = &["AssignedDetails.reason", "Resolution.resolutionNotes"];

async fn document() -> Value {
    let app = App::new().await;
    app.stranger().get("/api/v1/openapi.json").await.body
}

/// Every object in a value, with its place.
fn objects<'a>(place: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(fields) => {
            found.push((place.to_owned(), value));
            for (name, inner) in fields {
                // Examples are no schemas.
                if !["example", "examples"].contains(&name.as_str()) {
                    objects(&format!("{place}/{name}"), inner, found);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                objects(&format!("{place}/{index}"), item, found);
            }
        }
        _ => {}
    }
}

fn all_objects(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    objects("", document, &mut found);
    found
}

/// Whether the place is that of a schema with a name.
fn is_component(place: &str) -> bool {
    let rest = place.strip_prefix("/components/schemas/");
    rest.is_some_and(|name| !name.contains('/'))
}

/// Whether the place is that of a list of fields, in which any word may be a name.
fn is_properties(place: &str) -> bool {
    place.ends_with("/properties") && !place.ends_with("/properties/properties")
}

fn is_sentence(text: &Value) -> bool {
    let text = text.as_str().unwrap_or_default();
    let begins = text.starts_with(|first: char| first.is_uppercase() || first == '`');
    begins && text.ends_with('.')
}

#[tokio::test]
async fn every_object_and_every_enum_has_a_name_and_none_has_a_number() {
    let document = document().await;
    for (place, schema) in all_objects(&document) {
        if !is_component(&place) && !is_properties(&place) {
            assert!(
                schema.get("enum").is_none(),
                "an enum without a name: {place}"
            );
            let has_fields = schema["properties"].is_object() && schema["type"] == "object";
            assert!(!has_fields, "an object without a name: {place}");
        }
    }
    let (mut bodies, mut answers) = (BTreeSet::new(), BTreeSet::new());
    for (place, content) in all_objects(&document) {
        let is_json = place.ends_with("/content/application/json");
        if !is_json || !place.starts_with("/paths") {
            continue;
        }
        let name = content["schema"]["$ref"].as_str();
        let name = name.unwrap_or_else(|| panic!("a body without a name: {place}"));
        let name = name.trim_start_matches("#/components/schemas/").to_owned();
        if place.contains("/requestBody/") {
            assert!(bodies.insert(name.clone()), "two bodies are called {name}");
        } else {
            answers.insert(name);
        }
    }
    for name in ["TicketCreate", "MessageCreate", "TicketClose", "UserUpdate"] {
        assert!(bodies.contains(name), "{name}");
    }
    for name in [
        "TicketResponse",
        "TicketList",
        "MessageList",
        "SessionResponse",
    ] {
        assert!(answers.contains(name), "{name}");
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(
            !name.ends_with(|last: char| last.is_ascii_digit()),
            "{name}"
        );
        assert!(
            name.chars().all(|letter| letter.is_ascii_alphanumeric()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn every_schema_field_parameter_header_and_response_is_described_in_whole_sentences() {
    let document = document().await;
    let mut missing = Vec::new();
    let mut described = 0;
    for (place, object) in all_objects(&document) {
        let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
        let is_reference = object.get("$ref").is_some();
        let needs = is_component(&place)
            || is_properties(parent)
            || (object["in"].is_string() && object["name"].is_string())
            || (parent.ends_with("/headers") && !is_reference)
            || (parent.ends_with("/responses") && !is_reference)
            || (parent == "/tags")
            || object["operationId"].is_string() && object["responses"].is_object()
            || parent.ends_with("/securitySchemes");
        if needs {
            described += 1;
            if !is_sentence(&object["description"]) {
                missing.push(format!("{place}: {}", object["description"]));
            }
        }
    }
    assert_eq!(
        missing.len(),
        0,
        "without a description:\n{}",
        missing.join("\n")
    );
    assert!(described > 600, "{described}");
}

#[tokio::test]
async fn a_reference_has_nothing_beside_it_but_a_description() {
    let document = document().await;
    for (place, object) in all_objects(&document) {
        if object["$ref"].is_string() {
            let mut others = object.as_object().unwrap().keys();
            assert!(
                others.all(|name| ["$ref", "description"].contains(&name.as_str())),
                "{place}: {object}"
            );
        }
    }
}

/// The names of the schemas that a part of the document leads to.
fn reached<'a>(document: &'a Value, from: &'a Value, names: &mut BTreeSet<&'a str>) {
    for (_, object) in all_objects(from) {
        let place = object["$ref"].as_str().unwrap_or_default();
        if let Some(name) = place.strip_prefix("#/components/schemas/")
            && names.insert(name)
        {
            reached(document, &document["components"]["schemas"][name], names);
        }
    }
}

fn is_nullable(schema: &Value) -> bool {
    let kinds = schema["type"].as_array();
    let alternatives = schema["anyOf"].as_array();
    kinds.is_some_and(|kinds| kinds.contains(&json!("null")))
        || alternatives.is_some_and(|all| all.contains(&json!({"type": "null"})))
}

#[tokio::test]
async fn a_field_of_an_answer_that_may_be_null_is_always_there() {
    let document = document().await;
    let mut names = BTreeSet::new();
    for (_, object) in all_objects(&document["paths"]) {
        reached(&document, &object["responses"], &mut names);
    }
    let mut nullable = 0;
    for name in names {
        let schema = &document["components"]["schemas"][name];
        let properties = schema["properties"].as_object().into_iter().flatten();
        for (field, _) in properties.filter(|(_, property)| is_nullable(property)) {
            nullable += 1;
            let required = schema["required"].as_array().unwrap();
            let about = format!("{name}.{field}");
            let is_required = required.contains(&json!(field));
            assert_ne!(
                is_required,
                ABSENT_FOR_REQUESTERS.contains(&about.as_str()),
                "{about}"
            );
        }
    }
    assert!(nullable > 40, "{nullable}");
}

#[tokio::test]
async fn numbers_have_the_bounds_that_they_really_have() {
    let document = document().await;
    let of_machines = [
        i64::from(i16::MAX),
        i64::from(i32::MAX),
        i64::from(u32::MAX),
        i64::MAX,
    ];
    for (place, schema) in all_objects(&document) {
        // The priority of a job is any number of its column.
        if place.ends_with("/Job/properties/priority") {
            continue;
        }
        if let Some(most) = schema["maximum"].as_i64() {
            assert!(!of_machines.contains(&most), "{place}");
        }
    }
    let percent = &document["components"]["schemas"]["WarningThreshold"];
    assert_eq!(
        (&percent["minimum"], &percent["maximum"]),
        (&json!(1), &json!(99))
    );
}

#[tokio::test]
async fn the_tags_are_declared_in_the_order_in_which_they_are_read() {
    let document = document().await;
    let declared = document["tags"].as_array().unwrap().iter();
    let declared: Vec<_> = declared.map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut used: Vec<&str> = Vec::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let tag = operation["tags"][0].as_str().unwrap();
            if used.last() != Some(&tag) {
                used.push(tag);
            }
        }
    }
    assert_eq!(used, declared);
    assert_eq!((declared[0], declared[1]), ("accounts", "tickets"));
}

#[tokio::test]
async fn the_document_names_its_server_and_its_licence() {
    let document = document().await;
    assert_eq!(document["servers"][0]["url"], "http://127.0.0.1:5000");
    assert_eq!(
        document["info"]["license"]["identifier"],
        "MIT OR Apache-2.0"
    );
}

#[tokio::test]
async fn pages_for_people_and_callbacks_are_not_in_the_document_of_programs() {
    let document = document().await;
    let (_, routes) = api::routes::all();
    let pages: Vec<_> = routes
        .iter()
        .filter(|route| !route.operation.is_listed())
        .collect();
    assert!(pages.len() > 6, "{}", pages.len());
    for page in pages {
        let method = page.method.as_str().to_ascii_lowercase();
        assert!(
            document["paths"][page.path][method].is_null(),
            "{}",
            page.path
        );
    }
}

#[tokio::test]
async fn the_document_is_at_most_380_kilobytes_and_60_as_it_is_sent() {
    let app = App::new().await;
    let path = "/api/v1/openapi.json";
    let plain = app.stranger().downloads(path).await.2.len();
    assert!(plain <= 380_000, "{plain} bytes");
    let request = Request::get(path).header("accept-encoding", "gzip");
    let packed = app
        .stranger()
        .raw(request.body(Body::empty()).unwrap())
        .await;
    assert_eq!(packed.1["content-encoding"], "gzip");
    assert!(
        packed.2.len() <= 60_000,
        "{} bytes compressed",
        packed.2.len()
    );
}

#[tokio::test]
async fn filters_with_several_values_are_lists() {
    let document = document().await;
    let list = &document["paths"]["/api/v1/support/tickets"]["get"];
    let parameters = list["parameters"].as_array().unwrap();
    let status = parameters
        .iter()
        .find(|parameter| parameter["name"] == "status");
    let status = status.unwrap();
    assert_eq!(status["schema"]["type"], "array");
    assert_eq!(
        status["schema"]["items"]["$ref"],
        "#/components/schemas/Status"
    );
    assert_eq!(
        (&status["style"], &status["explode"]),
        (&json!("form"), &json!(false))
    );
}

#[tokio::test]
async fn every_entry_of_the_history_has_a_form_of_its_own() {
    let document = document().await;
    let schemas = &document["components"]["schemas"];
    let mapping = &schemas["HistoryEntry"]["discriminator"]["mapping"];
    let mapping = mapping.as_object().unwrap();
    assert_eq!(
        schemas["HistoryEntry"]["oneOf"].as_array().unwrap().len(),
        mapping.len()
    );
    assert!(mapping.len() > 20, "{}", mapping.len());
    for (kind, place) in mapping {
        let entry = document
            .pointer(place.as_str().unwrap().trim_start_matches('#'))
            .unwrap();
        assert_eq!(entry["properties"]["type"]["const"], *kind);
    }
}

#[tokio::test]
async fn the_examples_of_all_answers_have_their_fields_in_the_order_of_the_document() {
    let mut looked_at = 0;
    for (place, content) in all_objects(crate::harness::document()) {
        let is_json = place.starts_with("/paths") && place.ends_with("/content/application/json");
        if is_json && !place.contains("/requestBody/") {
            for example in super::examples(content, crate::harness::document()) {
                crate::harness::check_order(&content["schema"], &example, &place);
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 40, "{looked_at}");
}
