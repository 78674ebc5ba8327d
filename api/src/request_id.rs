//! The outermost layer: gives each request its id, writes the bodies of problems, and logs one line for each
//! request, also where the client hung up before the response. Bodies, tokens and query texts are never
//! logged.

use crate::{error::Problem, extract::is_json};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use platform::{
    context::Context,
    trace::{self, End, Kind, Span, Trace},
};
use std::time::Instant;
use tracing::Instrument;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The status in logs and metrics of a request whose client hung up: the number that nginx uses. It is never
/// sent.
const CLIENT_LEFT: u16 = 499;

/// The id of a request: that of the client, if it is well-formed, else a new one. It is in the extensions of
/// every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    pub(crate) fn of_caller(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(X_REQUEST_ID)?;
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let bytes = value.as_bytes();
        if !(1..=128).contains(&bytes.len()) || !bytes.iter().all(allowed) {
            return None;
        }
        // A copy: a clone would keep the buffer of the connection for as long as a socket.
        HeaderValue::from_bytes(bytes).ok().map(Self)
    }

    fn new(cx: &Context) -> Self {
        let id = cx.ids.uuid(cx.clock.now()).to_string();
        Self(HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none")))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("none")
    }
}

/// Adds the request id to request, log and response, and writes the body of a problem.
pub(crate) async fn with_request_id(
    State(cx): State<Context>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = RequestId::of_caller(request.headers()).unwrap_or_else(|| RequestId::new(&cx));
    let under_way = UnderWay::begin(cx, &request, id.clone());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!(
        "request",
        request.id = id.as_str(),
        trace.id = under_way.trace_id
    );
    let trace = under_way.trace();
    let response = trace::within(trace, next.run(request).instrument(span)).await;
    let mut response = written_out(response, &id);
    finish(response.headers_mut(), &id);
    under_way.answered(response.status().as_u16());
    response
}

/// A request until its end. However it ends, it leaves one log line, one observation and its span. When a
/// client hangs up, the server drops the future of the response, and only [`Drop`] still runs. A stop that
/// does not wait for the response looks the same from here.
struct UnderWay {
    cx: Context,
    id: RequestId,
    method: Method,
    path: Option<MatchedPath>,
    began: Instant,
    span: Option<Span>,
    trace_id: Option<String>,
    /// `None` until there is a response.
    status: Option<u16>,
}

impl UnderWay {
    fn begin(cx: Context, request: &Request, id: RequestId) -> Self {
        let began = Instant::now();
        let method = request.method().clone();
        let path = request.extensions().get::<MatchedPath>().cloned();
        let span = cx.traces.begin(
            Kind::Request,
            || format!("{method} {}", route(path.as_ref())).into(),
            client_trace(request.headers()),
        );
        Self {
            trace_id: span.trace().map(|trace| trace.id()),
            span: Some(span),
            status: None,
            cx,
            id,
            method,
            path,
            began,
        }
    }

    fn trace(&self) -> Option<Trace> {
        self.span.as_ref().and_then(Span::trace)
    }

    fn answered(mut self, status: u16) {
        self.status = Some(status);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        let span = self.span.take();
        let (method, route) = (self.method.as_str(), route(self.path.as_ref()));
        let (status, message) = match self.status {
            Some(status) => (status, "request answered"),
            None => (CLIENT_LEFT, "the client left before the answer"),
        };
        if let Some(span) = span {
            end(span, (method, route, status), &self.id);
        }
        self.cx.metrics.request(route, method, status, took);
        // The level of an event is fixed at compile time.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request.id = self.id.as_str(),
                    trace.id = self.trace_id,
                    http.method = method,
                    http.path = route,
                    http.status = status,
                    duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                    "{message}"
                )
            };
        }
        if is_routine(route, status) {
            line!(debug);
        } else {
            line!(info);
        }
    }
}

/// Whether a monitor asked as it does every few seconds, and got its answer: logged at DEBUG. A readiness that
/// changes has a line of its own.
fn is_routine(route: &str, status: u16) -> bool {
    matches!(route, "/health/live" | "/health/ready" | "/metrics") && matches!(status, 200 | 503)
}

fn route(path: Option<&MatchedPath>) -> &str {
    path.map_or("unmatched", MatchedPath::as_str)
}

/// The trace of the client, from `traceparent` (W3C Trace Context). A repeated header counts as absent.
fn client_trace(headers: &HeaderMap) -> Option<Trace> {
    let mut values = headers.get_all("traceparent").iter();
    let trace = values.next()?.to_str().ok().and_then(Trace::parse);
    trace.filter(|_| values.next().is_none())
}

fn end(span: Span, (method, route, status): (&str, &str, u16), id: &RequestId) {
    let end = if status < 500 { End::Well } else { End::Badly };
    span.end(
        [
            ("http.request.method", method.to_owned().into()),
            ("http.route", route.to_owned().into()),
            ("http.response.status_code", i64::from(status).into()),
            ("request.id", id.as_str().to_owned().into()),
        ],
        end,
    );
}

/// Adds the headers of every response. JSON may hold personal data, so that no cache may keep it.
fn finish(headers: &mut HeaderMap, id: &RequestId) {
    headers.insert(X_REQUEST_ID, id.0.clone());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if is_json(headers) && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Writes the body of a failure. A failure outside of the handlers (no route, no method) gets the problem of
/// its status. Headers that layers added stay. An HTML page of an error has its own text.
fn written_out(response: Response, id: &RequestId) -> Response {
    let status = response.status();
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if is_page(&response) => return response,
        None if status.is_client_error() || status.is_server_error() => Problem::of_status(status),
        None => return response,
    };
    let mut written = problem.render(id.as_str());
    let of_the_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH];
    for (name, value) in response.headers() {
        if !of_the_body.contains(name) {
            written.headers_mut().append(name, value.clone());
        }
    }
    written
}

fn is_page(response: &Response) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_accepted(text: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, text.parse().unwrap());
        RequestId::of_caller(&headers).is_some()
    }

    #[test]
    fn only_answered_probes_are_routine() {
        assert!(is_routine("/health/ready", 200) && is_routine("/health/ready", 503));
        assert!(is_routine("/health/live", 200) && is_routine("/metrics", 200));
        assert!(!is_routine("/metrics", 401), "somebody has the wrong token");
        assert!(!is_routine("/health/ready", CLIENT_LEFT));
        assert!(!is_routine("/api/v1/auth/me", 200));
    }

    #[test]
    fn only_well_formed_ids_are_accepted_from_clients() {
        assert!(is_accepted("a1.B_2-c"));
        assert!(is_accepted(&"x".repeat(128)));
        for bad in ["", " ", "a b", "a\"b", "é", &"x".repeat(129)] {
            assert!(!is_accepted(bad), "{bad:?}");
        }
        assert!(RequestId::of_caller(&HeaderMap::new()).is_none());
    }
}
