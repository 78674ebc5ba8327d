//! The messages in the OpenAPI document.

use super::{examples, resolved};
use crate::harness::App;
use serde_json::json;

#[tokio::test]
async fn the_document_shows_a_message_that_was_redacted() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let path = "/api/v1/support/tickets/{id}/messages/{messageId}";
    let redact = &document["paths"][path]["delete"];
    let answer = &redact["responses"]["200"]["content"]["application/json"];
    let answer = &examples(answer, &document)[0]["message"];
    assert_eq!(answer["message"], "");
    assert_eq!(answer["attachments"], json!([]));
    assert_eq!(answer["redacted"]["at"], "2025-10-01T08:14:00.000Z");
    let parameters = redact["parameters"].as_array().unwrap().iter();
    let names: Vec<_> = parameters
        .map(|parameter| resolved(&document, parameter)["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["id", "messageId", "If-Match", "Idempotency-Key"]);
}
