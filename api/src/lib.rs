//! The REST API: extractors, routes and responses. It holds no rules: a handler extracts, converts, calls
//! one action and responds.

pub mod auth;
mod authentication_failures;
mod bounded;
pub mod client;
mod compression;
mod cors;
pub mod docs_page;
pub mod error;
pub mod extract;
pub mod idempotency;
pub mod issuer;
pub mod limits;
mod live;
pub mod openapi;
pub mod operators_server;
pub mod problems;
#[cfg(test)]
mod properties;
pub mod query;
mod query_string;
mod rate_limit;
mod readiness;
pub mod reference;
mod representation;
pub mod request_id;
pub mod respond;
pub mod routes;
mod serve;
pub mod shared_counts;
pub mod signed_in;
mod socket;
mod spreadsheet;
pub mod state;
pub mod throttle;
mod time_limit;
pub mod token;
pub mod unknown_parameters;
pub mod uploads;
pub mod views;
mod warn_interval;

pub use serve::{Cut, StopSignal, UntilClosed};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use error::Problem;
use live::Live;
use openapi::Routes;
use platform::context::Context;
use readiness::Announced;
use reference::{Reference, Written};
use representation::Representation;
use socket::{Seats, Sockets};
use state::ApiState;
use std::{
    any::Any,
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

/// How long clients of sockets have to answer the end of their connection. Those that are gone never do.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// The gate that holds requests to the API back until its process has started. While the gate is closed,
/// the process waits for the database and serves only `/health/*` and `/metrics`. Cheap to clone; all
/// clones are the same gate.
#[derive(Debug, Clone, Default)]
pub struct StartupGate(Arc<AtomicBool>);

impl StartupGate {
    /// Opens the gate. It never closes again.
    pub fn open(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_open(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Serves requests until `shutdown`; then accepts no more, and finishes those under way. While `gate` is
/// closed, other requests than those for `/health/*` and `/metrics` get 503.
///
/// # Errors
/// Never.
pub async fn run(
    cx: Context,
    listener: TcpListener,
    gate: StartupGate,
    shutdown: CancellationToken,
) -> Result<(), Infallible> {
    let announced = Arc::<Announced>::default();
    let starting = operators_server::starting(cx.clone(), Arc::clone(&announced));
    let (started, Following { live, sockets }) = routed(cx.clone(), announced);
    let present = move || {
        if gate.is_open() {
            started.clone()
        } else {
            starting.clone()
        }
    };
    let closing = async move |cut: CancellationToken| {
        sockets.close_within(CLOSE_LIMIT).await;
        cut.cancel();
    };
    let serving = serve::serve(cx, present, listener, closing, shutdown.clone());
    let (served, ..) = tokio::join!(serving, live.run(shutdown));
    served
}

/// The router of the whole API, for a test in the same process. Nobody passes events on: [`run`] does.
pub fn router(cx: Context) -> Router {
    routed(cx, Arc::default()).0
}

/// What follows the events beside the router.
struct Following {
    live: Arc<Live>,
    sockets: Sockets,
}

fn routed(cx: Context, announced: Arc<Announced>) -> (Router, Following) {
    let (router, declared) = routes::all();
    let table = Routes::from(declared);
    let reference = reference_of(table.clone(), cx.config.http.public_url.clone());
    layered(router, &table, ApiState::new(cx, reference, announced))
}

fn reference_of(routes: Routes, server: String) -> Reference {
    Reference::new(move || {
        let document = openapi::document(routes.all(), env!("CARGO_PKG_VERSION"), &server);
        Written {
            json: document.to_string(),
            page: docs_page::page(&document, routes.all())
                .map(|html| Representation::new("text/html; charset=utf-8", html))
                .map_err(Arc::new),
        }
    })
}

/// Adds the layers that every request passes. The last layer is the outermost.
fn layered(router: Router<ApiState>, table: &Routes, state: ApiState) -> (Router, Following) {
    let (socket_layer, sockets) = socket::layer(&state);
    let live = Arc::clone(&state.live);
    let counted = (state.clone(), table.clone());
    let router = router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(extract::BODY_LIMIT))
        .layer(from_fn_with_state(counted, rate_limit::limit_rate))
        .layer(from_fn_with_state(table.clone(), time_limit::limit_time))
        .layer(from_fn_with_state(
            table.clone(),
            compression::mark_sensitive,
        ))
        .layer(compression::layer())
        .layer(from_fn(compression::ignore_unknown_codings))
        // Outside of the limits of requests: a socket is no request, and has its own.
        .layer(socket_layer)
        .layer(from_fn_with_state(
            (state.clone(), Seats::default()),
            socket::seated,
        ));
    // Outside of the rate limit: the preflight request of a browser has no token, and is not counted.
    let router = match cors::layer(&state.cx.config.http.cors_origins) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let router = router
        .layer(from_fn_with_state(
            state.cx.clone(),
            request_id::with_request_id,
        ))
        .with_state(state);
    (router, Following { live, sockets })
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer passes the panic by value"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Problem::unexpected(Panicked(message.to_owned())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        body::{Body, to_bytes},
        http::{Request, header},
        routing::get,
    };
    use domain::queue::Execution;
    use platform::{
        clock::SystemClock,
        config::{Config, Settings},
        id_source::IdSource,
    };
    use serde_json::Value;
    use sqlx::postgres::PgPoolOptions;
    use tower::ServiceExt;

    /// A context whose database cannot be reached.
    pub(crate) fn context() -> Context {
        let settings = Settings::load(|name| match name {
            "DATABASE_URL" => Some("postgres://127.0.0.1:1/none".to_owned()),
            "REDIS_URL" => Some("redis://127.0.0.1:1".to_owned()),
            "JWT_SECRET" => Some("0123456789012345678901234567890123456789".to_owned()),
            _ => None,
        });
        let config = Config::read(&settings.unwrap()).unwrap();
        Context {
            pool: PgPoolOptions::new()
                .connect_lazy("postgres://127.0.0.1:1/none")
                .unwrap(),
            redis: platform::redis_link::RedisLink::new(config.redis.url.clone()),
            clock: Arc::new(SystemClock),
            ids: Arc::new(IdSource::seeded([1; 32])),
            config: Arc::new(config),
            execution: Execution::Inline,
            metrics: Arc::default(),
            traces: platform::trace::Traces::default(),
            feed: platform::feed_signal::FeedSignal::default(),
        }
    }

    /// The response to `GET`, which must be a problem, and its body.
    async fn problem(router: Router, path: &str) -> (Response, Value) {
        let request = Request::get(path)
            .header("x-request-id", "of-the-caller")
            .body(Body::empty())
            .unwrap();
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            parts.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(parts.headers["x-request-id"], "of-the-caller");
        assert_eq!(body["requestId"], "of-the-caller");
        assert_eq!(body["status"], parts.status.as_u16());
        (Response::from_parts(parts, Body::empty()), body)
    }

    #[tokio::test]
    async fn unknown_paths_and_methods_are_problems_too() {
        let (_, body) = problem(router(context()), "/nowhere").await;
        assert_eq!(body["code"], "no_such_path");
        let (response, body) = problem(router(context()), "/api/v1/auth/login").await;
        assert_eq!(body["code"], "method_not_allowed");
        assert_eq!(response.headers()[header::ALLOW], "POST");
    }

    #[tokio::test]
    async fn before_the_gate_opens_a_process_is_live_and_not_ready() {
        let starting = operators_server::starting(context(), Arc::default());
        let live = Request::get("/health/live").body(Body::empty()).unwrap();
        let response = starting.clone().oneshot(live).await.unwrap();
        assert_eq!(response.status(), 200);
        for path in ["/health/ready", "/api/v1/auth/me", "/nowhere"] {
            let (response, body) = problem(starting.clone(), path).await;
            assert_eq!(body["code"], "unavailable", "{path}");
            assert_eq!(response.headers()[header::RETRY_AFTER], "5", "{path}");
        }
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_that_tells_nothing() {
        async fn panics() -> Response {
            panic!("secret")
        }
        let router = Router::new().route("/", get(panics));
        let table = Routes::from(Vec::new());
        let reference = reference_of(table.clone(), String::new());
        let state = ApiState::new(context(), reference, Arc::default());
        let (_, body) = problem(layered(router, &table, state).0, "/").await;
        assert_eq!(body["code"], "internal_error");
        assert!(!body.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn without_a_token_there_is_a_challenge() {
        let (response, body) = problem(router(context()), "/api/v1/auth/me").await;
        assert_eq!(body["code"], "token_required");
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
}
