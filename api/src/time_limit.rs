//! A request that takes too long is given up: 503, and its transaction is undone.

use crate::error::Problem;
use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{future::Future, time::Duration};

/// How long an answer may take, the arrival of the request's body included.
const LIMIT: Duration = Duration::from_secs(30);

#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct TooLong(Duration);

/// Gives every request its time.
pub(crate) async fn around(request: Request, next: Next) -> Response {
    within(LIMIT, next.run(request)).await
}

async fn within(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer,
        Err(_) => Problem::unavailable(
            "The answer took too long, and nothing was changed: try again shortly.",
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
