//! What a process tells of itself: `/metrics` and `/health/*`. One without an API does so at a port of
//! its own; one with an API has nothing else to tell while it waits for the database at its start.

use crate::{
    error::Problem,
    query::Query,
    request_id,
    routes::{health, metrics},
    serve::serve,
    unknown_parameters::strict,
};
use actions::standing::Recent;
use axum::{
    Router,
    extract::{FromRef, State},
    http::{HeaderValue, StatusCode, header},
    middleware::from_fn_with_state,
    routing::get,
};
use platform::context::Context;
use std::{convert::Infallible, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Answers until the stop.
///
/// # Errors
/// Never.
pub async fn run(
    cx: Context,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    let router = Router::new()
        .route("/health/ready", strict(get(health::ready), &needs()))
        .fallback(async || StatusCode::NOT_FOUND);
    let router = completed(router, cx.clone());
    serve(cx, move || router.clone(), listener, shutdown).await
}

/// What may be asked of whether all is ready.
fn needs() -> Vec<String> {
    health::ready_operation().parameters()
}

/// What answers instead of the API until it may be used. Whoever asks for anything else is to come
/// again, and whoever asks whether it is ready hears no, also when the database is there already.
pub(crate) fn starting(cx: Context) -> Router {
    let router = Router::new()
        .route("/health/ready", get(not_ready))
        .fallback(async || starts());
    completed(router, cx)
}

/// What answers that to every request, before its path is looked at.
pub(crate) fn refusing(cx: Context, refusal: fn() -> Problem) -> Router {
    Router::new()
        .fallback(async move || refusal())
        .layer(from_fn_with_state(cx, request_id::with_request_id))
}

/// What these routes have at hand.
#[derive(Clone)]
struct Told {
    cx: Context,
    standing: Arc<Recent>,
}

impl FromRef<Told> for Context {
    fn from_ref(told: &Told) -> Self {
        told.cx.clone()
    }
}

impl FromRef<Told> for Arc<Recent> {
    fn from_ref(told: &Told) -> Self {
        Self::clone(&told.standing)
    }
}

fn completed(router: Router<Told>, cx: Context) -> Router {
    router
        .route("/metrics", strict(get(metrics::metrics), &[]))
        .route("/health/live", strict(get(health::live), &[]))
        .layer(from_fn_with_state(cx.clone(), request_id::with_request_id))
        .with_state(Told {
            cx,
            standing: Arc::default(),
        })
}

/// What fails of what is needed, if anything does.
async fn not_ready(cx: State<Context>, query: Query) -> Problem {
    match health::ready(cx, query).await {
        Ok(_) => starts(),
        Err(failing) => failing,
    }
}

/// No failure: it is not put on record as one.
fn starts() -> Problem {
    let detail = "The process is starting: try again shortly.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("5"))
}
