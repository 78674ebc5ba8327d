//! Traces: which request a job follows from. A request continues the trace of its caller (W3C
//! `traceparent`); a job's row carries the context of the request that enqueued it, and its run
//! continues it. With a collector configured each request and each run is also a span.

mod context;
mod export;
mod spans;

pub use context::Trace;
pub use export::ExportError;
pub use opentelemetry::Value;
pub use spans::{End, Kind, Span, Traces};

use std::future::Future;

tokio::task_local! {
    // Per task: the trace of the request or run that the task works on.
    static CURRENT: Trace;
}

/// The trace of the current task.
#[must_use]
pub fn current() -> Option<Trace> {
    CURRENT.try_get().ok()
}

/// Runs a future as part of a trace, if there is one.
pub async fn within<T>(trace: Option<Trace>, doing: impl Future<Output = T>) -> T {
    match trace {
        Some(trace) => CURRENT.scope(trace, doing).await,
        None => doing.await,
    }
}
