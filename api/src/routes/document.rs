//! `GET /api/v1/openapi.json`, `GET /docs`: the OpenAPI document, and the page of the API.

use crate::{
    docs_page,
    error::Problem,
    openapi::{Access, Operation},
    state::ApiState,
};
use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// Sends the document as JSON.
pub async fn json(State(api): State<ApiState>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, api.reference.written().json.clone()).into_response()
}

/// Sends the page of the API.
///
/// # Errors
/// 500 where its template is malformed.
pub async fn page(State(api): State<ApiState>, headers: HeaderMap) -> Result<Response, Problem> {
    let page = api.reference.written().page.as_ref();
    let page = page.map_err(|error| Problem::unexpected(Arc::clone(error)))?;
    let policy = [(header::CONTENT_SECURITY_POLICY, docs_page::policy())];
    Ok((policy, page.respond(&headers)).into_response())
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
