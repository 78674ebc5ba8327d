//! The time limit of requests: a request over its limit gets 503, and its transaction is rolled back.

use crate::{error::Problem, openapi::Routes};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{future::Future, time::Duration};

/// The longest time for a response, with the arrival of the request body.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);
/// The same for an upload: ten megabytes at 17 KiB a second, the pace of a telephone with a weak signal. A
/// client that falls silent is given up long before ([`crate::uploads::Pace`]).
pub(crate) const UPLOAD_LIMIT: Duration = Duration::from_mins(10);

#[derive(Debug, thiserror::Error)]
#[error("no response within {0:?}")]
struct TooLong(Duration);

/// Ends every request after the time limit of its route.
pub(crate) async fn limit_time(
    State(routes): State<Routes>,
    request: Request,
    next: Next,
) -> Response {
    let limit = routes.of(&request).map_or(LIMIT, |route| route.time_limit);
    within(limit, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer,
        Err(_) => Problem::unavailable(
            "The response took too long: try again shortly. With the same `Idempotency-Key` nothing is done twice.",
            TooLong(limit),
        )
        .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use std::future::{pending, ready};

    #[tokio::test]
    async fn a_request_over_its_limit_gets_503() {
        let late = within(Duration::from_millis(1), pending()).await;
        assert_eq!(late.status(), StatusCode::SERVICE_UNAVAILABLE);
        let in_time = within(Duration::from_secs(9), ready("done".into_response())).await;
        assert_eq!(in_time.status(), StatusCode::OK);
    }
}
