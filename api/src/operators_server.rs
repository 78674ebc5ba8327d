//! The server for operators: `/metrics` and `/health/*`. A process without the API serves them on a port of
//! its own. A process with the API serves nothing else while it waits for the database at its start.

use crate::{
    error::Problem,
    query::Query,
    readiness::Announced,
    request_id,
    routes::{
        health::{self, Phase},
        metrics,
    },
    serve::serve,
    unknown_parameters::strict,
};
use actions::standing::Recent;
use axum::{
    Router,
    extract::{FromRef, State},
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::get,
};
use platform::context::Context;
use std::{convert::Infallible, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves `/metrics` and `/health/*` until `shutdown`.
///
/// # Errors
/// Never.
pub async fn run(
    cx: Context,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    let router = Router::new()
        .route(
            "/health/ready",
            strict(get(health::ready), &ready_parameters()),
        )
        .fallback(async || StatusCode::NOT_FOUND);
    let router = completed(router, cx.clone(), Arc::default());
    serve(cx, move || router.clone(), listener, async |_| {}, shutdown).await
}

/// The query parameters of `/health/ready`.
fn ready_parameters() -> Vec<String> {
    health::ready_operation().parameters()
}

/// The router until the API can be used. Other paths get 503 with `Retry-After`. `/health/ready` gets 503
/// too, even when the database can be reached already.
pub(crate) fn starting(cx: Context, announced: Arc<Announced>) -> Router {
    let router = Router::new()
        .route("/health/ready", get(not_ready))
        .fallback(async || starts());
    completed(router, cx, announced)
}

/// A router that refuses every request, whatever its path.
pub(crate) fn refusing(cx: Context, refusal: fn() -> Problem) -> Router {
    Router::new()
        .fallback(async move || refusal())
        .layer(from_fn_with_state(cx, request_id::with_request_id))
}

/// The state of these routes.
#[derive(Clone)]
struct ServerState {
    cx: Context,
    standing: Arc<Recent>,
    announced: Arc<Announced>,
}

impl FromRef<ServerState> for Context {
    fn from_ref(state: &ServerState) -> Self {
        state.cx.clone()
    }
}

impl FromRef<ServerState> for Arc<Recent> {
    fn from_ref(state: &ServerState) -> Self {
        Self::clone(&state.standing)
    }
}

impl FromRef<ServerState> for Arc<Announced> {
    fn from_ref(state: &ServerState) -> Self {
        Self::clone(&state.announced)
    }
}

fn completed(router: Router<ServerState>, cx: Context, announced: Arc<Announced>) -> Router {
    router
        .route("/metrics", strict(get(metrics::metrics), &[]))
        .route("/health/live", strict(get(health::live), &[]))
        .layer(from_fn_with_state(cx.clone(), request_id::with_request_id))
        .with_state(ServerState {
            cx,
            standing: Arc::default(),
            announced,
        })
}

/// 503: the failing checks, or that the process is starting.
async fn not_ready(
    State(cx): State<Context>,
    State(announced): State<Arc<Announced>>,
    query: Query,
) -> Problem {
    match health::answer(&cx, &announced, query, Phase::Starting).await {
        Ok(_) => starts(),
        Err(failing) => failing,
    }
}

/// 503 without a cause, so that it is not logged as a failure.
fn starts() -> Problem {
    let detail = "The process is starting: try again shortly.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).with_retry_after(5)
}
