//! The OpenAPI document describes exactly the routes, fields and responses that exist.

mod friendly;
mod headers;
mod messages;
mod validator;

use crate::harness::App;
use serde_json::{Value, json};
use validator::Validator;

#[tokio::test]
async fn the_document_has_every_route_but_pages_and_callbacks_and_no_other() {
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
        .filter(|route| route.operation.is_listed())
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

#[tokio::test]
async fn a_token_that_is_minded_and_not_needed_is_told_apart() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let security = |method: &str, path: &str| &document["paths"][path][method]["security"];
    let register = security("post", "/api/v1/auth/register");
    assert_eq!(*register, json!([{}, {"bearer": []}]));
    assert_eq!(*security("get", "/metrics"), json!([{}, {"metrics": []}]));
    assert_eq!(*security("post", "/api/v1/auth/login"), json!([]));
    let me = security("get", "/api/v1/auth/me");
    assert_eq!(*me, json!([{"bearer": []}]));
    for scheme in ["bearer", "metrics"] {
        assert_eq!(
            document["components"]["securitySchemes"][scheme]["scheme"],
            "bearer"
        );
    }
}

#[tokio::test]
async fn the_example_of_a_new_ticket_is_answered_by_the_ticket_that_it_makes() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let create = &document["paths"]["/api/v1/support/tickets"]["post"];
    let sent = &examples(
        &create["requestBody"]["content"]["application/json"],
        &document,
    )[0];
    let answer = &create["responses"]["201"]["content"]["application/json"];
    let made = &examples(answer, &document)[0]["ticket"];
    for (field, value) in sent.as_object().unwrap() {
        // What is shown of an attachment is more than what was sent of it.
        if field != "attachments" {
            assert_eq!(made[field], *value, "{field}");
        }
    }
    let (sent, made) = (&sent["attachments"][0], &made["attachments"][0]);
    assert_eq!(made["url"], sent["url"]);
    assert_eq!(made["fileName"], sent["fileName"]);
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
        let content = &document["paths"][path][method]["requestBody"]["content"];
        resolved(&document, &content["application/json"]["schema"]).clone()
    };
    let ticket = body("/api/v1/support/tickets", "post");
    assert_eq!(
        ticket["required"],
        serde_json::json!(["subject", "description"])
    );
    assert_eq!(ticket["properties"]["subject"]["maxLength"], 200);
    assert_eq!(ticket["properties"]["tags"]["maxItems"], 20);
    let attachment = resolved(&document, &ticket["properties"]["attachments"]["items"]);
    let form = |at: usize| resolved(&document, &attachment["oneOf"][at]);
    assert_eq!(form(0)["required"], json!(["url", "fileName"]));
    assert!(form(0)["properties"]["id"].is_null());
    assert_eq!(form(1)["required"], json!(["id"]));
    let person = body("/api/v1/auth/register", "post");
    let info = resolved(&document, &person["properties"]["supportInfo"]);
    let shift = resolved(&document, &info["properties"]["shiftSchedule"]["items"]);
    let pattern = |field: &str| shift["properties"][field]["pattern"].to_string();
    assert!(pattern("end").contains("24:00"));
    assert!(
        !pattern("start").contains("24:00"),
        "no day begins at its end"
    );
    let status = body("/api/v1/support/tickets/{id}/status", "put");
    let words = resolved(&document, &status["properties"]["status"]);
    let words = words["enum"].as_array().unwrap();
    assert!(words.contains(&json!("closed")) && !words.contains(&json!("assigned")));
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
    let form = resolved(&document, form);
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
    let key = resolved(&document, &upload["parameters"][0]);
    assert_eq!(key["name"], "Idempotency-Key");
    let download = &paths["/api/v1/support/attachments/{id}"]["get"];
    assert_eq!(
        statuses(download),
        [
            "200", "400", "401", "403", "404", "409", "422", "429", "500", "503"
        ]
    );
    let file = &download["responses"]["200"];
    assert_eq!(file["content"]["*/*"]["schema"]["format"], "binary");
    assert!(file["headers"]["Content-Disposition"].is_object());
}

/// The part of the document that a reference names; the value itself if it is none.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str();
    let place = place.and_then(|place| document.pointer(place.trim_start_matches('#')));
    place.unwrap_or(value)
}

/// A part of a path of a JSON Pointer.
fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// The examples of a body: one, several by name, or those of its schema.
fn examples(content: &Value, document: &Value) -> Vec<Value> {
    let named = content["examples"].as_object().into_iter().flatten();
    let named = named.map(|(_, example)| resolved(document, example)["value"].clone());
    let of_schema = &resolved(document, &content["schema"])["examples"];
    let of_schema = of_schema.as_array().into_iter().flatten().cloned();
    let one = content.get("example").cloned();
    one.into_iter().chain(named).chain(of_schema).collect()
}

#[tokio::test]
async fn every_body_that_is_described_has_an_example_that_fits_its_schema() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let mut validator = Validator::of(&document);
    let (mut faults, mut count) = (Vec::new(), 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let operation_at = format!("/paths/{}/{method}", escaped(path));
            let asked = operation.get("requestBody");
            let asked = asked.map(|body| (format!("{operation_at}/requestBody"), body));
            let answers = operation["responses"].as_object().unwrap().iter();
            let answers = answers.map(|(status, body)| match body["$ref"].as_str() {
                Some(place) => {
                    let place = place.trim_start_matches('#');
                    (place.to_owned(), document.pointer(place).unwrap())
                }
                None => (format!("{operation_at}/responses/{status}"), body),
            });
            for (place, body) in asked.into_iter().chain(answers) {
                for (media, content) in body["content"].as_object().unwrap() {
                    // Pages and files.
                    if ["text/html", "multipart/form-data", "*/*"].contains(&media.as_str()) {
                        continue;
                    }
                    let place = format!("{place}/content/{}/schema", escaped(media));
                    let examples = examples(content, &document);
                    assert!(!examples.is_empty(), "{place} has no example");
                    count += examples.len();
                    faults.extend(
                        examples
                            .iter()
                            .filter_map(|example| validator.field_error(&place, example)),
                    );
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count > 300, "only {count} examples");
}

#[tokio::test]
async fn an_example_of_a_failure_is_of_the_status_that_it_stands_under() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let answer = resolved(&document, answer);
                let problem = &answer["content"]["application/problem+json"];
                for example in examples(problem, &document) {
                    assert_eq!(example["status"].to_string(), *status, "{path}");
                    let listed = !example["errors"].as_array().unwrap().is_empty();
                    let code = example["code"].as_str().unwrap();
                    assert_eq!(listed, ["invalid_fields", "invalid_query"].contains(&code));
                }
            }
        }
    }
}

#[tokio::test]
async fn real_answers_fit_the_schemas_of_the_document_as_its_examples_do() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let mut validator = Validator::of(&document);
    let (asha, admin) = (app.customer("Asha").await, app.admin("Grace").await);
    let sarah = app.agent("Sarah", "technical").await;
    let ticket = json!({"subject": "Help", "description": "Please.", "category": "technical"});
    let ticket = asha.opens(ticket).await;
    app.settle().await;
    let path = format!("/api/v1/support/tickets/{ticket}");
    let escalate = json!({"reason": "Too hard"});
    sarah.put(&format!("{path}/escalate"), escalate).await.ok();
    for (caller, asked, route) in [
        (&asha, path.clone(), "/api/v1/support/tickets/{id}"),
        (
            &admin,
            format!("{path}/history"),
            "/api/v1/support/tickets/{id}/history",
        ),
        (
            &admin,
            "/api/v1/support/stats".to_owned(),
            "/api/v1/support/stats",
        ),
        (
            &admin,
            "/api/v1/admin/users".to_owned(),
            "/api/v1/admin/users",
        ),
        (
            &admin,
            "/api/v1/admin/sla-policies".to_owned(),
            "/api/v1/admin/sla-policies",
        ),
        (
            &sarah,
            "/api/v1/support/dashboard".to_owned(),
            "/api/v1/support/dashboard",
        ),
    ] {
        let answer = caller.get(&asked).await.ok().clone();
        let place = format!(
            "/paths/{}/get/responses/200/content/{}/schema",
            escaped(route),
            escaped("application/json")
        );
        assert_eq!(validator.field_error(&place, &answer), None);
        let content = document.pointer(place.trim_end_matches("/schema")).unwrap();
        let example = &examples(content, &document)[0];
        assert_eq!(keys(example), keys(&answer), "{route}");
    }
}

/// The names of the fields on top.
fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

#[tokio::test]
async fn every_link_of_the_document_leads_from_an_id_to_an_operation_that_takes_one() {
    let app = App::new().await;
    let document = app.stranger().get("/api/v1/openapi.json").await.body;
    let items = document["paths"].as_object().unwrap();
    let takes_an_id = |name: &Value| {
        items.iter().any(|(path, item)| {
            let mut operations = item.as_object().unwrap().values();
            path.contains("{id}") && operations.any(|operation| operation["operationId"] == *name)
        })
    };
    let mut links = 0;
    for operation in items
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
    {
        for answer in operation["responses"].as_object().unwrap().values() {
            for link in answer["links"]
                .as_object()
                .into_iter()
                .flat_map(|links| links.values())
            {
                assert!(takes_an_id(&link["operationId"]), "{link}");
                let id = link["parameters"]["id"].as_str().unwrap();
                let place = id.strip_prefix("$response.body#").unwrap();
                let examples = examples(&answer["content"]["application/json"], &document);
                let example = examples[0].pointer(place);
                assert!(
                    example.is_some_and(|id| id.is_string() || id.is_number()),
                    "{id}"
                );
                links += 1;
            }
        }
    }
    assert!(links > 30, "{links}");
}
