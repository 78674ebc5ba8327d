//! `GET /api/v1/openapi.json`, `GET /docs`: the OpenAPI document, as JSON and as a page.

use crate::{
    openapi::{Access, Operation},
    state::ApiState,
};
use axum::{
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;

/// Sends the document as JSON.
pub async fn json(State(api): State<ApiState>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, api.reference.written().json.clone()).into_response()
}

/// Sends the document as an HTML page.
pub async fn page(State(api): State<ApiState>) -> Response {
    let policy =
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [(header::CONTENT_SECURITY_POLICY, policy)];
    (headers, Html(api.reference.written().page.clone())).into_response()
}

/// An OpenAPI document. The OpenAPI Specification describes its other fields.
#[derive(Debug, Serialize, JsonSchema)]
struct OpenApiDocument {
    /// The version of the OpenAPI Specification.
    openapi: &'static str,
}

pub(crate) fn json_operation() -> Operation {
    Operation::new("getDocument", Access::Anybody, "Show this document")
        .description("The OpenAPI 3.1 document of this API.")
        .answers_whole_like(&OpenApiDocument { openapi: "3.1.0" })
}

pub(crate) fn page_operation() -> Operation {
    Operation::new(
        "getReference",
        Access::Anybody,
        "Show this document as a page",
    )
    .pages()
}
