//! The examples in the three languages.

use super::*;
use serde_json::json;

fn call() -> Call {
    Call {
        method: "PUT".to_owned(),
        server: "https://help.example.com".to_owned(),
        path: "/api/v1/support/tickets/{id}/close".to_owned(),
        query: Vec::new(),
        sends_token: true,
        body: CallBody::Json(
            json!({"summary": "It's \"done\".", "force": true, "duplicateOf": null}),
        ),
        answer: AnswerKind::Json,
    }
}

fn code(call: &Call, language: &str) -> String {
    match language {
        "curl" => curl::code(call),
        "python" => python::code(call),
        _ => typescript::code(call),
    }
}

#[test]
fn a_call_with_a_body_is_a_command_of_curl() {
    let expected = r#"curl "$API/support/tickets/$TICKET_ID/close" \
  -X PUT \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{
    "duplicateOf": null,
    "force": true,
    "summary": "It'\''s \"done\"."
  }'"#;
    assert_eq!(sorted(&code(&call(), "curl")), sorted(expected));
}

#[test]
fn a_call_with_a_body_is_a_program_in_python() {
    let expected = r#"import json, os
from urllib.request import Request, urlopen

API = os.environ["API"]
TOKEN = os.environ["TOKEN"]
TICKET_ID = os.environ["TICKET_ID"]

request = Request(
    f"{API}/support/tickets/{TICKET_ID}/close",
    method="PUT",
    headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
    data=json.dumps({
        "duplicateOf": None,
        "force": True,
        "summary": "It's \"done\".",
    }).encode(),
)
with urlopen(request) as response:
    print(json.load(response))"#;
    assert_eq!(sorted(&code(&call(), "python")), sorted(expected));
}

#[test]
fn a_call_with_a_body_is_a_program_in_typescript() {
    let expected = r#"const { API, TOKEN, TICKET_ID } = process.env;
const response = await fetch(`${API}/support/tickets/${TICKET_ID}/close`, {
  method: "PUT",
  headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
  body: JSON.stringify({
    duplicateOf: null,
    force: true,
    summary: "It's \"done\".",
  }),
});
console.log(response.status, await response.json());"#;
    assert_eq!(sorted(&code(&call(), "typescript")), sorted(expected));
}

/// The lines of a program in an order of their own: that of the fields of JSON is not fixed here.
fn sorted(code: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = code
        .lines()
        .map(|line| line.trim_end_matches(','))
        .collect();
    lines.sort_unstable();
    lines
}

#[test]
fn a_call_outside_of_the_api_names_the_server_and_needs_no_variable() {
    let call = Call {
        method: "GET".to_owned(),
        server: "https://help.example.com".to_owned(),
        path: "/health/ready".to_owned(),
        query: vec![("need".to_owned(), "database, redis".to_owned())],
        sends_token: false,
        body: CallBody::Nothing,
        answer: AnswerKind::Text,
    };
    let url = "https://help.example.com/health/ready?need=database,%20redis";
    assert_eq!(code(&call, "curl"), format!("curl \"{url}\""));
    assert!(
        code(&call, "python")
            .starts_with("from urllib.request import Request, urlopen\n\nrequest =")
    );
    assert!(
        code(&call, "typescript").starts_with(&format!("const response = await fetch(\"{url}\");"))
    );
}

#[test]
fn variables_are_named_after_what_the_path_names() {
    let names = |path: &str| {
        let call = Call {
            path: path.to_owned(),
            sends_token: false,
            ..call()
        };
        call.variables().join(" ")
    };
    assert_eq!(
        names("/api/v1/support/tickets/{id}/messages/{messageId}"),
        "API TICKET_ID MESSAGE_ID"
    );
    assert_eq!(names("/api/v1/admin/queues/{queue}"), "API QUEUE");
    assert_eq!(names("/api/v1/support/survey/{token}"), "API LINK");
}

#[test]
fn a_long_value_is_written_over_several_lines_and_a_short_one_in_one() {
    let value = json!({"hours": [{"day": "mon", "start": "08:00"}, {"day": "tue", "start": "08:00"}, {"day": "wed", "start": "08:00"}]});
    let written = literal::literal(&value, &literal::JSON, 0);
    assert_eq!(written.lines().count(), 7, "{written}");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&written).unwrap(),
        value
    );
    assert_eq!(
        literal::literal(&json!({"paused": true}), &literal::JSON, 0),
        "{\"paused\": true}"
    );
}
