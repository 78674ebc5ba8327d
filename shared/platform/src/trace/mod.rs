//! Traces: which request a job follows from. A request has the context that its caller sent (W3C
//! `traceparent`); whatever is enqueued within it carries that on in the job's row, and its run goes
//! on from there. With a collector configured each request and each run is a span besides.

mod context;
mod export;
mod spans;

pub use context::Trace;
pub use export::ExportError;
pub use opentelemetry::Value;
pub use spans::{End, Kind, Span, Traces};

use std::future::Future;

tokio::task_local! {
    // Of the task and not of the process: the request or the run that this task is at.
    static CURRENT: Trace;
}

/// The trace that this task is part of.
#[must_use]
pub fn current() -> Option<Trace> {
    CURRENT.try_get().ok()
}

/// Does something as part of a trace, if there is one.
pub async fn within<T>(trace: Option<Trace>, doing: impl Future<Output = T>) -> T {
    match trace {
        Some(trace) => CURRENT.scope(trace, doing).await,
        None => doing.await,
    }
}
