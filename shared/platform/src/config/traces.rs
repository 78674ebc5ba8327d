//! The settings of traces. The names are those of the OpenTelemetry specification.

use crate::config::reader::Reader;
use secrecy::SecretString;

/// Traces.
#[derive(Debug)]
pub struct Traces {
    /// The collector; `None`: no traces.
    pub collector: Option<Collector>,
}

/// A collector of traces.
#[derive(Debug)]
pub struct Collector {
    /// The endpoint, without `/v1/traces` and without a slash at the end.
    pub endpoint: String,
    /// The headers of each request, such as a key.
    pub headers: Vec<(String, SecretString)>,
    /// The name of the service.
    pub service: String,
    /// The share of new traces that is sampled: 0 to 1.
    pub kept: f64,
}

/// Reads the settings of traces.
pub fn traces(read: &mut Reader) -> Traces {
    let kept = read.parsed(
        "OTEL_TRACES_SAMPLER_ARG",
        1.0,
        "a share of 0 to 1, such as 0.1",
    );
    if !(0.0..=1.0).contains(&kept) {
        read.problem("OTEL_TRACES_SAMPLER_ARG", "must be a share of 0 to 1");
    }
    let headers = headers(read);
    let service = read.needed("OTEL_SERVICE_NAME");
    if read.text("OTEL_EXPORTER_OTLP_ENDPOINT").is_empty() {
        return Traces { collector: None };
    }
    let endpoint = read.address("OTEL_EXPORTER_OTLP_ENDPOINT", &["https", "http"]);
    Traces {
        collector: Some(Collector {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            headers,
            service,
            kept,
        }),
    }
}

/// Parses `name=value,other=value`. The problem does not repeat the text: it may be a key.
fn headers(read: &mut Reader) -> Vec<(String, SecretString)> {
    let mut headers = Vec::new();
    let parts = read.text("OTEL_EXPORTER_OTLP_HEADERS").split(',');
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                headers.push((name.trim().to_owned(), value.trim().into()));
            }
            _ => read.problem(
                "OTEL_EXPORTER_OTLP_HEADERS",
                "must be name=value, several separated by commas",
            ),
        }
    }
    headers
}
