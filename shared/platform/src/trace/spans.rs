//! Spans of requests and job runs. Without a collector none are recorded, and the caller's trace is
//! only passed on.

use crate::config;
use crate::trace::{Trace, export};
use opentelemetry::{
    Context, KeyValue, Value,
    trace::{
        Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags,
        TraceId, TraceState, Tracer, TracerProvider,
    },
};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::{borrow::Cow, time::Duration};

/// The time limit for sending the remaining spans at the stop.
const FLUSH_LIMIT: Duration = Duration::from_secs(2);

/// The source of spans. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Traces(Option<Kept>);

#[derive(Debug, Clone)]
struct Kept {
    tracer: SdkTracer,
    provider: SdkTracerProvider,
}

/// The kind of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An HTTP request.
    Request,
    /// A run of a job.
    Run,
}

/// The end of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A success, or a mistake of the client.
    Well,
    /// A failure of this program.
    Badly,
}

/// A span. It ends when it is dropped.
#[derive(Debug)]
pub struct Span {
    recorded: Option<opentelemetry_sdk::trace::Span>,
    trace: Option<Trace>,
}

impl Traces {
    /// Spans for the configured collector; none without. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The endpoint is invalid.
    pub fn new(
        config: &config::Traces,
        version: &'static str,
    ) -> Result<Self, export::ExportError> {
        let Some(collector) = &config.collector else {
            return Ok(Self::default());
        };
        let provider = export::provider(collector, version)?;
        let tracer = provider.tracer("baitech-support");
        Ok(Self(Some(Kept { tracer, provider })))
    }

    /// Begins a span under `parent`, or in a new trace.
    #[must_use]
    pub fn begin(
        &self,
        kind: Kind,
        name: impl FnOnce() -> Cow<'static, str>,
        parent: Option<Trace>,
    ) -> Span {
        let Some(kept) = &self.0 else {
            return Span {
                recorded: None,
                trace: parent,
            };
        };
        let kind = match kind {
            Kind::Request => SpanKind::Server,
            Kind::Run => SpanKind::Consumer,
        };
        let above = match parent {
            Some(parent) => Context::new().with_remote_span_context(remote(parent)),
            None => Context::new(),
        };
        let builder = SpanBuilder::from_name(name()).with_kind(kind);
        let recorded = kept.tracer.build_with_context(builder, &above);
        let trace = here(recorded.span_context());
        Span {
            recorded: Some(recorded),
            trace: Some(trace),
        }
    }

    /// Sends the remaining spans, at the stop.
    pub async fn finish(&self) {
        let Some(kept) = self.0.clone() else {
            return;
        };
        // It blocks its thread, which must not be one of the runtime's.
        let provider = kept.provider;
        let sent = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH_LIMIT));
        if !matches!(sent.await, Ok(Ok(()))) {
            tracing::debug!("the last spans could not be sent");
        }
    }
}

impl Span {
    /// The context for the spans and jobs that follow.
    #[must_use]
    pub const fn trace(&self) -> Option<Trace> {
        self.trace
    }

    /// Ends the span, with its attributes.
    pub fn end<const N: usize>(mut self, known: [(&'static str, Value); N], end: End) {
        if let Some(span) = &mut self.recorded {
            span.set_attributes(known.map(|(name, value)| KeyValue::new(name, value)));
            if end == End::Badly {
                span.set_status(Status::error(""));
            }
            span.end();
        }
    }
}

fn remote(trace: Trace) -> SpanContext {
    SpanContext::new(
        TraceId::from(trace.trace_id),
        SpanId::from(trace.span_id),
        if trace.sampled {
            TraceFlags::SAMPLED
        } else {
            TraceFlags::default()
        },
        true,
        TraceState::default(),
    )
}

fn here(span: &SpanContext) -> Trace {
    Trace {
        trace_id: u128::from_be_bytes(span.trace_id().to_bytes()),
        span_id: u64::from_be_bytes(span.span_id().to_bytes()),
        sampled: span.is_sampled(),
    }
}
