//! The document of the API says what there is, no more and no less.

use crate::harness::App;
use serde_json::Value;

#[tokio::test]
async fn the_document_has_every_route_and_no_other() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await;
    let document = document.ok();
    let mut described: Vec<String> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            described.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let (_, routes) = api::routes::all();
    let mut built: Vec<String> = routes
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    described.sort();
    built.sort();
    assert_eq!(described, built);
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_every_reference_leads_somewhere() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let operations = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values());
    let mut names: Vec<&str> = operations
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 50);
    for reference in references {
        assert!(
            document
                .pointer(reference.trim_start_matches('#'))
                .is_some(),
            "{reference}"
        );
    }
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            references.extend(
                fields
                    .get("$ref")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            fields.values().for_each(|field| gather(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_document_states_limits_that_the_code_enforces() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let body = |path: &str, method: &str| {
        document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
            .clone()
    };
    let ticket = body("/api/v1/support/tickets", "post");
    assert_eq!(
        ticket["required"],
        serde_json::json!(["subject", "description"])
    );
    assert_eq!(ticket["properties"]["subject"]["maxLength"], 200);
    assert_eq!(ticket["properties"]["tags"]["maxItems"], 20);
    let forms = &ticket["properties"]["attachments"]["items"]["oneOf"];
    assert_eq!(forms[0]["required"], serde_json::json!(["url", "fileName"]));
    assert_eq!(forms[0]["properties"]["id"]["type"], "null");
    assert_eq!(forms[1]["required"], serde_json::json!(["id"]));
    let rating = body("/api/v1/support/tickets/{id}/rate", "post");
    assert_eq!(rating["properties"]["rating"]["maximum"], 5);
}

#[tokio::test]
async fn the_document_tells_how_files_go_and_come() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let paths = &document["paths"];
    let upload = &paths["/api/v1/support/attachments"]["post"];
    let form = &upload["requestBody"]["content"]["multipart/form-data"]["schema"];
    assert_eq!(form["required"], serde_json::json!(["file"]));
    assert_eq!(form["properties"]["file"]["format"], "binary");
    let statuses = |operation: &Value| -> Vec<String> {
        let responses = operation["responses"].as_object().unwrap();
        responses.keys().cloned().collect()
    };
    let expected = [
        "201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503",
    ];
    assert_eq!(statuses(upload), expected);
    assert_eq!(upload["parameters"][0]["name"], "Idempotency-Key");
    let download = &paths["/api/v1/support/attachments/{id}"]["get"];
    assert_eq!(
        statuses(download),
        [
            "200", "400", "401", "403", "404", "409", "429", "500", "503"
        ]
    );
    let file = &download["responses"]["200"];
    assert_eq!(file["content"]["*/*"]["schema"]["format"], "binary");
    assert!(file["headers"]["Content-Disposition"].is_object());
}

#[tokio::test]
async fn the_reference_page_needs_nothing_from_elsewhere() {
    let app = App::new().await;
    let page = app.stranger().get("/docs").await;
    let html = page.body.as_str().unwrap().to_owned();
    assert!(html.contains("Lift a ticket to a higher level"));
    for elsewhere in ["<script", "src=", "@import", "https://cdn"] {
        assert!(!html.contains(elsewhere), "{elsewhere}");
    }
}
