//! The outermost layer: gives each request its id, writes out problems, and logs one line for
//! each request. Never bodies, tokens or query text.

use crate::{error::Problem, extract::is_json};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use shared::{
    context::Context,
    trace::{self, End, Kind, Span, Trace},
};
use std::time::Instant;
use tracing::Instrument;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request: the caller's, if it sent a sane one, else one of ours. In the extensions
/// of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    pub(crate) fn of_caller(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(X_REQUEST_ID)?;
        let sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let bytes = value.as_bytes();
        ((1..=128).contains(&bytes.len()) && bytes.iter().all(sane)).then(|| Self(value.clone()))
    }

    fn ours(cx: &Context) -> Self {
        let id = cx.ids.uuid(cx.clock.now()).to_string();
        Self(HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static("none")))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("none")
    }
}

/// Wraps every request.
pub(crate) async fn around(
    State(cx): State<Context>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = RequestId::of_caller(request.headers()).unwrap_or_else(|| RequestId::ours(&cx));
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map_or("unmatched", MatchedPath::as_str);
    let traced = cx.traces.begin(
        Kind::Request,
        || format!("{method} {route}").into(),
        of_caller(request.headers()),
    );
    let (trace, trace_id) = (traced.trace(), traced.trace().map(|trace| trace.id()));
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request.id = id.as_str(), trace.id = trace_id);
    let answer = trace::within(trace, next.run(request).instrument(span)).await;
    let mut response = written_out(answer, &id);
    finish(response.headers_mut(), &id);
    let (took, status) = (began.elapsed(), response.status().as_u16());
    end(traced, (method.as_str(), route, status), &id);
    cx.metrics.request(route, method.as_str(), status, took);
    tracing::info!(
        request.id = id.as_str(),
        trace.id = trace_id,
        http.method = method.as_str(),
        http.path = route,
        http.status = status,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request answered"
    );
    response
}

/// The trace that the caller is at, by its one `traceparent`.
fn of_caller(headers: &HeaderMap) -> Option<Trace> {
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

/// The headers of every answer. What is JSON is about somebody, and nobody on the way may keep it.
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

/// Gives a failure its body. What failed below our handlers (no route, no method) has no problem
/// yet, and gets that of its status. The headers that layers gave it stay. A page for people says
/// itself what failed.
fn written_out(response: Response, id: &RequestId) -> Response {
    let status = response.status();
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if is_page(&response) => return response,
        None if status.is_client_error() || status.is_server_error() => Problem::of_status(status),
        None => return response,
    };
    let mut written = problem.render(id.as_str());
    let about_the_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH];
    for (name, value) in response.headers() {
        if !about_the_body.contains(name) {
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

    fn of_caller(text: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, text.parse().unwrap());
        RequestId::of_caller(&headers).is_some()
    }

    #[test]
    fn only_sane_ids_are_taken_from_callers() {
        assert!(of_caller("a1.B_2-c"));
        assert!(of_caller(&"x".repeat(128)));
        for bad in ["", " ", "a b", "a\"b", "é", &"x".repeat(129)] {
            assert!(!of_caller(bad), "{bad:?}");
        }
        assert!(RequestId::of_caller(&HeaderMap::new()).is_none());
    }
}
