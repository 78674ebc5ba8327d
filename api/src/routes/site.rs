//! What browsers ask for by themselves: `/`, which people type, and the icon. They are no operations of the API.

use crate::{representation::accepts, state::ApiState};
use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

/// 32 by 32 points.
const ICON: &[u8] = include_bytes!("favicon.ico");

/// The router of these paths.
pub(super) fn router() -> Router<ApiState> {
    Router::new()
        .route("/", get(root))
        .route("/favicon.ico", get(icon))
}

/// Leads browsers to the page of the API. For programs there is nothing at this path, as at other unknown ones.
async fn root(headers: HeaderMap) -> Response {
    let vary = [(header::VARY, "accept")];
    if accepts(&headers, header::ACCEPT, "text/html") {
        (vary, Redirect::temporary("/docs")).into_response()
    } else {
        (StatusCode::NOT_FOUND, vary).into_response()
    }
}

async fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/x-icon"),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, ICON).into_response()
}
