//! The response headers in the OpenAPI document.

use super::resolved;
use crate::harness::App;
use serde_json::Value;

/// Looks at every operation: the document, and what is said of the operation.
async fn of_every_operation(mut look: impl FnMut(&Value, &Value)) {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let mut looked_at = 0;
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            look(&document, operation);
            looked_at += 1;
        }
    }
    assert!(looked_at > 40, "{looked_at}");
}

#[tokio::test]
async fn an_answer_is_described_with_the_headers_that_it_has_whatever_it_is() {
    of_every_operation(|document, operation| {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let about = format!("{} {status}", operation["operationId"]);
            let headers = &resolved(document, answer)["headers"];
            assert!(headers["X-Request-Id"].is_object(), "{about}");
            for name in ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] {
                // Those of successes are described once, at the top of the document.
                let is_failure = answer["$ref"].is_string();
                assert_eq!(headers[name].is_object(), is_failure, "{about} {name}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_repeat_under_a_key_is_described_by_the_headers_that_tell_it_and_when_to_send_it() {
    let mut keyed = 0;
    of_every_operation(|document, operation| {
        let about = &operation["operationId"];
        let mut parameters = operation["parameters"].as_array().unwrap().iter();
        let takes_a_key =
            parameters.any(|parameter| resolved(document, parameter)["name"] == "Idempotency-Key");
        let answers = operation["responses"].as_object().unwrap();
        for (status, answer) in answers {
            let may_be_one = takes_a_key && status.starts_with('2');
            let headers = &resolved(document, answer)["headers"];
            let is_told = headers["Idempotency-Replayed"].is_object();
            assert_eq!(is_told, may_be_one, "{about} {status}");
        }
        if takes_a_key {
            keyed += 1;
            for status in ["409", "429", "503"] {
                let wait = &resolved(document, &answers[status])["headers"]["Retry-After"];
                assert!(wait.is_object(), "{about} {status}");
            }
        }
    })
    .await;
    assert!(keyed > 18, "{keyed}");
}
