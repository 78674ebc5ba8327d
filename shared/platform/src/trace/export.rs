//! Sends spans to a collector: OTLP in protobuf over HTTP, on the same hyper and TLS as the rest of
//! the program. Spans that cannot be sent are dropped: traces must not delay anything else.

use crate::{config::Collector, error_chain::Chain};
use async_trait::async_trait;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector as Tcp},
    rt::TokioExecutor,
};
use opentelemetry::KeyValue;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use secrecy::ExposeSecret;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::runtime::Handle;

/// How long spans are collected before they are sent together.
const GATHERED_FOR: Duration = Duration::from_secs(1);
/// The most spans that wait; further ones are dropped.
const WAITING: usize = 4_096;
/// The time limit of a call.
const CALL: Duration = Duration::from_secs(5);
/// The most bytes read from a response.
const ANSWER: usize = 64 * 1_024;

/// The exporter cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("OTEL_EXPORTER_OTLP_ENDPOINT cannot be used")]
pub struct ExportError(#[from] ExporterBuildError);

/// A provider of tracers that collects spans and sends them.
///
/// # Errors
/// The endpoint is invalid.
pub fn provider(
    collector: &Collector,
    version: &'static str,
) -> Result<SdkTracerProvider, ExportError> {
    let headers = collector.headers.iter();
    let headers = headers.map(|(name, value)| (name.clone(), value.expose_secret().to_owned()));
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Hyper::new())
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", collector.endpoint))
        .with_headers(headers.collect())
        .with_timeout(CALL)
        .build()?;
    let gathering = BatchConfigBuilder::default()
        .with_scheduled_delay(GATHERED_FOR)
        .with_max_queue_size(WAITING)
        .build();
    let processor = BatchSpanProcessor::builder(exporter)
        .with_batch_config(gathering)
        .build();
    let resource = Resource::builder_empty()
        .with_service_name(collector.service.clone())
        .with_attribute(KeyValue::new("service.version", version))
        .build();
    let kept = Sampler::TraceIdRatioBased(collector.kept);
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        .with_sampler(Sampler::ParentBased(Box::new(kept)))
        .with_span_processor(processor)
        .build())
}

/// The HTTP client, for a thread outside of the runtime.
#[derive(Debug)]
struct Hyper {
    client: Client<HttpsConnector<Tcp>, Full<Bytes>>,
    runtime: Handle,
    fails: AtomicBool,
}

impl Hyper {
    fn new() -> Self {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CALL));
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            runtime: Handle::current(),
            fails: AtomicBool::new(false),
        }
    }

    /// Logs one line when sending begins to fail, and one when it works again.
    fn note(&self, sent: &Result<Response<Bytes>, HttpError>) {
        let failure = match sent {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(answer.status().to_string()),
            Err(error) => Some(Chain(&**error).to_string()),
        };
        let failed = self.fails.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(error) if !failed => {
                tracing::warn!(error, "traces cannot be sent; they are dropped meanwhile");
            }
            None if failed => tracing::info!("traces can be sent again"),
            Some(_) | None => {}
        }
    }
}

#[async_trait]
impl HttpClient for Hyper {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let call = call(self.client.clone(), request);
        // This thread is outside of the runtime, which has to make the call.
        let call = async move { tokio::time::timeout(CALL, call).await };
        let sent = self.runtime.spawn(call).await;
        let sent = match sent {
            Ok(Ok(answer)) => answer,
            Ok(Err(elapsed)) => Err(elapsed.into()),
            Err(stopped) => Err(stopped.into()),
        };
        self.note(&sent);
        sent
    }
}

async fn call(
    client: Client<HttpsConnector<Tcp>, Full<Bytes>>,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let answer = client.request(request.map(Full::new)).await?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, ANSWER).collect().await?;
    Ok(Response::from_parts(head, body.to_bytes()))
}
