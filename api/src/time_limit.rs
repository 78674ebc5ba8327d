//! A request that takes too long is given up: 503, and its transaction is undone.

use crate::{error::Problem, openapi::Routes};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{future::Future, time::Duration};

/// How long an answer may take, the arrival of the request's body included.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);
/// The same for an upload: ten megabytes at 17 KiB a second, as by a telephone far from its mast.
/// Who falls silent on the way is given up long before.
pub(crate) const UPLOAD_LIMIT: Duration = Duration::from_mins(10);

#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct TooLong(Duration);

/// Gives every request the time of its route.
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
            "The answer took too long: try again shortly. Under the same Idempotency-Key nothing is done twice.",
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
    async fn what_takes_too_long_is_given_up() {
        let late = within(Duration::from_millis(1), pending()).await;
        assert_eq!(late.status(), StatusCode::SERVICE_UNAVAILABLE);
        let in_time = within(Duration::from_secs(9), ready("done".into_response())).await;
        assert_eq!(in_time.status(), StatusCode::OK);
    }
}
