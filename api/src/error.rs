//! The one place where a failure becomes a status code, and the one shape of failures: RFC 9457 with the
//! brief's `success` flag. A 500 shows the request id and nothing else.
//!
//! A [`Problem`] is kept in the extensions of its response. The outermost layer writes the body, since only
//! that layer has the request id.

use crate::problems;
use actions::error::ActionError;
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{field_error::FieldError, tickets::TicketOperation};
use platform::{error_chain::Chain, files::FilesError};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};
use std::{error::Error, sync::Arc, time::Duration};

type Cause = Box<dyn Error + Send + Sync>;

/// A failure, as the client sees it.
#[derive(Debug, Clone)]
pub struct Problem(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    headers: HeaderMap,
    cause: Option<Cause>,
}

/// A failed response (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemBody<'a> {
    /// Always false, as in every failed response.
    #[schemars(extend("const" = false))]
    success: bool,
    /// The URL of the text about the code, relative to the server.
    #[serde(rename = "type")]
    #[schemars(extend("format" = "uri-reference"))]
    kind: &'a str,
    /// What the code means, in a few words. It is the same for every failure with the code.
    title: &'a str,
    /// The status of the response.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong, and what to do about it, for people.
    detail: &'a str,
    /// The stable code of the failure, for programs.
    #[schemars(schema_with = "error_code")]
    code: &'a str,
    /// What is wrong with each field. The list is empty, except for the codes `invalid_fields` and `invalid_query`.
    errors: &'a [FieldError],
    /// The id of the request, to be quoted in reports.
    request_id: &'a str,
}

fn error_code(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"$ref": "#/components/schemas/ErrorCode"})
}

impl Problem {
    /// A failure of that status, with a stable code and a detail that says what to do about it.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self::from_parts(Parts {
            status,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            headers: HeaderMap::new(),
            cause: None,
        })
    }

    fn from_parts(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// 401: no token, or no valid one. The challenge is that of RFC 6750, section 3.
    #[must_use]
    pub fn unauthenticated(code: &'static str, detail: &str, challenge: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail).with_header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        )
    }

    /// 404: no such thing, or one that the caller may not see. `what` is its noun.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what} that you may see."),
        )
    }

    /// 410: a position in the feed whose following events are no longer kept.
    #[must_use]
    pub fn events_gone() -> Self {
        Self::new(
            StatusCode::GONE,
            "events_gone",
            "The events after this position are no longer kept, or you have another role now: load anew what you show, and \
             continue from the `position` of a request without `after`.",
        )
    }

    /// 400: values of the query or the path that cannot be read.
    #[must_use]
    pub fn bad_query(errors: Vec<FieldError>) -> Self {
        Self::faulty(StatusCode::BAD_REQUEST, "invalid_query", "URL", errors)
    }

    /// 422: fields of the body, or parameters of the query, that can be read and are wrong.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self::faulty(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_fields",
            "request",
            errors,
        )
    }

    fn faulty(status: StatusCode, code: &'static str, what: &str, errors: Vec<FieldError>) -> Self {
        Self::from_parts(Parts {
            status,
            code,
            detail: format!("The {what} has errors: `errors` names each with its field."),
            errors,
            headers: HeaderMap::new(),
            cause: None,
        })
    }

    /// 500: an unexpected failure. The cause is logged, and not shown to the client.
    #[must_use]
    pub fn unexpected(cause: impl Into<Cause>) -> Self {
        Self::from_parts(Parts {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "internal_error",
            detail: "Something went wrong on our side. Quote `requestId` when you report it."
                .to_owned(),
            errors: Vec::new(),
            headers: HeaderMap::new(),
            cause: Some(cause.into()),
        })
    }

    /// 503: a service that the request needs is unavailable. The transaction of the request was rolled back.
    #[must_use]
    pub fn unavailable(detail: &str, cause: impl Into<Cause>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        Self::from_parts(Parts {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "unavailable",
            detail: detail.to_owned(),
            errors: Vec::new(),
            headers,
            cause: Some(cause.into()),
        })
    }

    /// The problem of a bare status, for responses that no handler made.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => (
                "no_such_path",
                "There is nothing at this path: `/docs` lists all operations.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method_not_allowed",
                "This path does not support this method: `Allow` lists those that it does.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "The body is too large."),
            status if status.is_client_error() => {
                ("bad_request", "The request could not be understood.")
            }
            _ => return Self::unexpected("a response without a problem"),
        };
        Self::new(status, code, detail)
    }

    /// Adds `Retry-After`, at least one second. For a problem that has not been cloned.
    #[must_use]
    pub fn with_retry_after(self, seconds: u64) -> Self {
        self.with_header(header::RETRY_AFTER, seconds.max(1).into())
    }

    /// Adds a header to the response. For a problem that has not been cloned.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if let Some(parts) = Arc::get_mut(&mut self.0) {
            parts.headers.insert(name, value);
        }
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What caused it, for the log.
    pub(crate) fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    /// The field errors.
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The headers that the problem adds to the response.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The body of the response to the request with this id.
    pub(crate) fn document(&self, request_id: &str) -> Value {
        let parts = &*self.0;
        let known = problems::of(parts.code);
        let reason = parts.status.canonical_reason().unwrap_or("Failure");
        json!(ProblemBody {
            success: false,
            kind: &known.map_or_else(
                || "about:blank".to_owned(),
                |known| problems::uri(known.code)
            ),
            title: known.map_or(reason, |known| known.title),
            status: parts.status.as_u16(),
            detail: &parts.detail,
            code: parts.code,
            errors: &parts.errors,
            request_id,
        })
    }

    /// The response. Where the problem has a cause, this logs the one line about it.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let parts = &*self.0;
        if let Some(cause) = &parts.cause {
            tracing::error!(
                request.id = request_id,
                problem.code = parts.code,
                error = %Chain(cause.as_ref()),
                "a request failed"
            );
        }
        let body = self.document(request_id);
        let mut headers = parts.headers.clone();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        (parts.status, headers, body.to_string()).into_response()
    }
}

/// The seconds of a wait, rounded up: a client that waits no longer than this waits long enough.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NotFound(what) => Self::not_found(what),
            ActionError::Forbidden { code, detail } => {
                Self::new(StatusCode::FORBIDDEN, code, detail)
            }
            ActionError::Conflict {
                code,
                detail,
                instead,
            } => Self::new(StatusCode::CONFLICT, code, with_endpoint(detail, instead)),
            ActionError::Invalid(faults) => Self::invalid(faults),
            ActionError::Stale { present } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "version_moved_on",
                format!(
                    "The ticket is at version {present} now (`If-Match: \"{present}\"`): read it again, then decide."
                ),
            ),
            ActionError::Unauthenticated(code) => {
                Self::unauthenticated(code, credentials_detail(code), "Bearer")
            }
            ActionError::Database(error) => error.into(),
            ActionError::Files(error) => error.into(),
            error @ ActionError::Internal(_) => Self::unexpected(error),
        }
    }
}

/// The method and path of an operation that a refusal suggests.
pub(crate) const fn endpoint(operation: TicketOperation) -> &'static str {
    match operation {
        TicketOperation::Assign => "PUT /api/v1/support/tickets/{id}/assign",
        TicketOperation::Escalate => "PUT /api/v1/support/tickets/{id}/escalate",
        TicketOperation::Reopen => "PUT /api/v1/support/tickets/{id}/reopen",
    }
}

fn with_endpoint(detail: String, instead: Option<TicketOperation>) -> String {
    let done = match instead {
        None => return detail,
        Some(TicketOperation::Assign) => "assigned",
        Some(TicketOperation::Escalate) => "escalated",
        Some(TicketOperation::Reopen) => "reopened",
    };
    let endpoint = instead.map(endpoint).unwrap_or_default();
    format!("{detail} It can be {done} by {endpoint}.")
}

fn credentials_detail(code: &str) -> &'static str {
    match code {
        "invalid_credentials" => "The e-mail address or the password is wrong.",
        "invalid_refresh_token" => "The refresh token is no longer valid: log in again.",
        _ => "Log in first.",
    }
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        match error {
            // A wrong configuration fails at the start. Later the cause is the disk or the mounted store.
            FilesError::Failed(..)
            | FilesError::Silent
            | FilesError::Altered
            | FilesError::Folder(_)
            | FilesError::Setup(_) => Self::unavailable(
                "The attachment store does not respond at the moment: try again shortly.",
                error,
            ),
            FilesError::Gone(_) => Self::unexpected(error),
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        if platform::db::took_too_long(&error) {
            Self::unavailable(
                "The database took too long for this request: ask for less, or try again shortly.",
                error,
            )
        } else if platform::db::is_unavailable(&error) {
            Self::unavailable(
                "The database does not respond at the moment: try again shortly.",
                error,
            )
        } else {
            Self::unexpected(error)
        }
    }
}
