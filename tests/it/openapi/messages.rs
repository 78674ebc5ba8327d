//! The messages in the OpenAPI document.

use super::{Validator, escaped};
use crate::harness::App;
use serde_json::json;

#[tokio::test]
async fn the_document_says_that_files_may_come_without_a_text() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let mut validator = Validator::of(&document);
    let place = format!(
        "/paths/{}/post/requestBody/content/{}/schema",
        escaped("/api/v1/support/tickets/{id}/messages"),
        escaped("application/json")
    );
    let file = json!([{"url": "https://a.example/b", "fileName": "b"}]);
    for (body, fits) in [
        (json!({"message": "Hello."}), true),
        (json!({"message": "Hello.", "attachments": []}), true),
        (json!({"attachments": file}), true),
        (json!({"message": "", "attachments": file}), true),
        (json!({"message": null, "attachments": file}), true),
        (json!({}), false),
        (json!({"message": ""}), false),
        (json!({"message": " ", "attachments": []}), false),
        (json!({"message": null, "attachments": null}), false),
    ] {
        let field_error = validator.field_error(&place, &body);
        assert_eq!(field_error.is_none(), fits, "{body}: {field_error:?}");
    }
}

#[tokio::test]
async fn the_document_shows_a_message_that_was_redacted() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let path = "/api/v1/support/tickets/{id}/messages/{messageId}";
    let redact = &document["paths"][path]["delete"];
    let answer = &redact["responses"]["200"]["content"]["application/json"]["example"]["message"];
    assert_eq!(answer["message"], "");
    assert_eq!(answer["attachments"], json!([]));
    assert_eq!(answer["redacted"]["at"], "2025-10-01T08:14:00.000Z");
    let parameters = redact["parameters"].as_array().unwrap().iter();
    let names: Vec<_> = parameters
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["id", "messageId", "If-Match", "Idempotency-Key"]);
}
