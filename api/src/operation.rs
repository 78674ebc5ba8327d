//! What a process without an API tells of itself: `/metrics` and `/health/*`, at a port of its own.

use crate::{
    request_id,
    routes::{health, metrics},
};
use axum::{Router, http::StatusCode, middleware::from_fn_with_state, routing::get};
use shared::context::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Answers until the stop.
///
/// # Errors
/// The listener failed.
pub async fn role(
    cx: Context,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    crate::serve(router(cx), listener, shutdown).await
}

fn router(cx: Context) -> Router {
    Router::new()
        .route("/metrics", get(metrics::metrics))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn_with_state(cx.clone(), request_id::around))
        .with_state(cx)
}
