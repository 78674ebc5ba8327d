//! Bounds a handler: a run over its time limit and a panic are failed attempts.

use crate::jobs::JobError;
use futures_util::FutureExt;
use std::{any::Any, panic::AssertUnwindSafe, time::Duration};

/// A run that ended without a result of its handler.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("the handler panicked: {0}")]
    Panicked(String),
    #[error("the handler took longer than {} s", .0.as_secs())]
    TookTooLong(Duration),
}

/// Awaits a handler. After a panic or a timeout nothing that the handler touched is used again,
/// which makes its unwinding safe.
pub(super) async fn run<T>(
    limit: Duration,
    handler: impl Future<Output = Result<T, JobError>>,
) -> Result<T, JobError> {
    match tokio::time::timeout(limit, AssertUnwindSafe(handler).catch_unwind()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(panic)) => Err(JobError::retry(Broken::Panicked(text(panic.as_ref())))),
        Err(_elapsed) => Err(JobError::retry(Broken::TookTooLong(limit))),
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::error_chain::Chain;

    #[tokio::test]
    async fn a_panic_is_a_failed_attempt() {
        let ran = run::<()>(Duration::from_secs(1), async { panic!("out of paper") }).await;
        let error = ran.unwrap_err();
        assert!(matches!(error, JobError::Retry { .. }));
        assert!(Chain(&error).to_string().ends_with("out of paper"));
    }

    #[tokio::test]
    async fn a_handler_that_never_ends_is_a_failed_attempt() {
        let ran = run::<()>(Duration::from_millis(1), std::future::pending()).await;
        assert!(matches!(ran, Err(JobError::Retry { .. })));
    }
}
