//! The page follows whatever references a document has, and escapes whatever texts.

use super::*;
use crate::openapi::{Access, Operation, Repeats};
use axum::http::Method;
use serde_json::json;
use std::time::Duration;

/// A route that the document below describes, with a failure of its own.
fn route() -> Route {
    Route {
        method: Method::PUT,
        path: "/things/{id}",
        operation: Operation::new("putThing", Access::SignedIn, "Put").conflicts(&["job_state"]),
        tag: "first",
        resources: &[],
        limit: None,
        time_limit: Duration::from_secs(1),
        repeats: Repeats::DoneAgain,
    }
}

#[test]
fn parameters_bodies_and_responses_may_be_components_and_texts_are_escaped() {
    let document = json!({
        "info": {"title": "A & B", "version": "1"},
        "tags": [{"name": "second"}, {"name": "first", "description": "The *first* ones."}],
        "paths": {"/things/{id}": {"put": {
            "operationId": "putThing", "summary": "Put <it>", "tags": ["first"],
            "security": [{"bearer": []}],
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "requestBody": {"$ref": "#/components/requestBodies/Thing"},
            "responses": {
                "200": {"$ref": "#/components/responses/Thing"},
            },
        }}},
        "components": {
            "parameters": {"Id": {"name": "id", "in": "path", "required": true, "description": "Which one.", "schema": {"type": "string"}}},
            "requestBodies": {"Thing": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewThing"}}}}},
            "responses": {
                "Thing": {"description": "The thing.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}},
            },
            "schemas": {
                "NewThing": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 9}}, "examples": [{"name": "a"}]},
                "Answer": {"type": "object", "required": ["thing"], "properties": {"thing": {"$ref": "#/components/schemas/Thing"}}},
                "Thing": {"type": "object", "description": "One.", "properties": {"name": {"type": ["string", "null"], "description": "Its <b>name</b>."}}},
            },
        },
    });
    let html = page(&document, &[route()]).unwrap();
    for shown in [
        "<h1>A &amp; B API</h1>",
        "Put &lt;it&gt;",
        "The <em>first</em> ones.",
        "Which one.",
        "at most 9 characters",
        "<a href=\"#object-Thing\">Thing</a>",
        "id=\"object-Thing\"",
        "Its &lt;b&gt;name&lt;/b&gt;.",
        "href=\"#error-job_state\"",
        // The example of the schema is that of the call.
        "{&quot;name&quot;: &quot;a&quot;}",
    ] {
        assert!(html.contains(shown), "{shown} is missing");
    }
    assert!(
        !html.contains("id=\"tag-second\""),
        "a tag without operations"
    );
}

#[test]
fn the_policy_names_the_hashes_of_style_and_script() {
    let policy = policy();
    assert_eq!(policy.matches("'sha256-").count(), 2);
    assert!(!policy.contains("unsafe"));
    for ending in ["</style", "</script"] {
        assert!(
            !STYLE.contains(ending) && !SCRIPT.contains(ending),
            "the element would end early"
        );
    }
}
