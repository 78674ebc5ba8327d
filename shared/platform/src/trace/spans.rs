//! Spans: a request, a run of a job. Without a place to send them to there are none, and what a
//! caller sent as its trace is merely passed on.

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

/// How long what has not been sent yet may take at the stop.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What spans are begun by. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Traces(Option<Kept>);

#[derive(Debug, Clone)]
struct Kept {
    tracer: SdkTracer,
    provider: SdkTracerProvider,
}

/// What a span is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A request that somebody sent.
    Request,
    /// A run of a job.
    Run,
}

/// How what a span is of has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As it should, or by the caller's mistake.
    Well,
    /// By a failure of ours.
    Badly,
}

/// Something that takes its time. It ends when it is dropped.
#[derive(Debug)]
pub struct Span {
    recorded: Option<opentelemetry_sdk::trace::Span>,
    trace: Option<Trace>,
}

impl Traces {
    /// Spans that are sent to where the configuration says, from within a runtime; none without.
    ///
    /// # Errors
    /// The address cannot be used.
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

    /// Begins a span after `parent`, or a trace of its own.
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

    /// Sends what has not been sent yet. For the stop.
    pub async fn finish(&self) {
        let Some(kept) = self.0.clone() else {
            return;
        };
        // It waits for an answer on a thread, which the runtime's own must not.
        let provider = kept.provider;
        let sent = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_WORDS));
        if !matches!(sent.await, Ok(Ok(()))) {
            tracing::debug!("the last spans could not be sent");
        }
    }
}

impl Span {
    /// Where what follows from it goes on.
    #[must_use]
    pub const fn trace(&self) -> Option<Trace> {
        self.trace
    }

    /// Ends it, with what is known of it by then.
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
