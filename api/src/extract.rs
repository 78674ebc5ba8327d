//! The input of a request: the id in its path, its query, its body. The extractors refuse no request,
//! so that a handler keeps the order of checks: first whether the resource exists for this caller (404), then the
//! errors of the query (400) and of the body (413, 415, 400, 422).

use crate::{error::Problem, query::Query, unknown_parameters::UnknownParameters};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use domain::{
    field_error::{FieldError, UnknownWord},
    queue::Queue,
    reader::{Null, ObjectReader},
};
use serde_json::{Map, Value};
use std::{convert::Infallible, str::FromStr};

/// The most bytes of a JSON body.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The id in the path: the first of its parameters.
#[derive(Debug, Clone, Default)]
pub struct PathId(String);

impl PathId {
    /// The id that `read` finds; `what` describes a valid id for the error text.
    ///
    /// # Errors
    /// 400 that names `id`. It does not tell whether the resource exists.
    pub fn read<T>(&self, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
        read(&self.0).ok_or_else(|| {
            Problem::bad_query(vec![FieldError {
                field: "id".to_owned(),
                code: "invalid_id",
                message: format!("must be {what}"),
            }])
        })
    }

    /// As [`PathId::read`], for a type that is parsed from text.
    ///
    /// # Errors
    /// 400 that names `id`.
    pub fn parse<T: FromStr>(&self, what: &str) -> Result<T, Problem> {
        self.read(what, |id| id.parse().ok())
    }

    /// The queue of that name.
    ///
    /// # Errors
    /// 400 that names `queue`.
    pub fn queue(&self) -> Result<Queue, Problem> {
        self.0.parse().map_err(|unknown: UnknownWord| {
            Problem::bad_query(vec![FieldError {
                field: "queue".to_owned(),
                code: "unknown_value",
                message: unknown.to_string(),
            }])
        })
    }

    /// The parameter as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(parameter(parts, state, 0).await))
    }
}

/// The second parameter of the path: the id of a part of the first resource.
#[derive(Debug, Clone, Default)]
pub struct InnerId(String);

impl InnerId {
    /// The id; `name` is the name of the parameter, `what` describes a valid id for the error text.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn parse<T: FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        self.0.parse().map_err(|_| {
            Problem::bad_query(vec![FieldError {
                field: name.to_owned(),
                code: "invalid_id",
                message: format!("must be {what}"),
            }])
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InnerId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(parameter(parts, state, 1).await))
    }
}

/// A parameter of the path. One that cannot be decoded is empty, and so the id of nothing.
async fn parameter<S: Send + Sync>(parts: &mut Parts, state: &S, at: usize) -> String {
    RawPathParams::from_request_parts(parts, state)
        .await
        .ok()
        .and_then(|params| params.iter().nth(at).map(|(_, value)| value.to_owned()))
        .unwrap_or_default()
}

/// The versions that the caller accepts: `If-Match: "7"`, or several (RFC 9110, section 13.1.1).
/// `*` and an absent header accept any version; weak tags and tags of other formats match no version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IfMatch(Option<Vec<i64>>);

/// A version that no ticket has.
const NO_VERSION: i64 = -1;

impl IfMatch {
    /// The version that a change requires, where `present` is the present one; `None`: any version.
    #[must_use]
    pub fn against(&self, present: i64) -> Option<i64> {
        let versions = self.0.as_ref()?;
        let met = versions.contains(&present);
        Some(if met { present } else { NO_VERSION })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let tags = parts.headers.get_all(header::IF_MATCH).iter();
        let tags: Vec<_> = tags
            .flat_map(|value| value.to_str().unwrap_or("").split(','))
            .map(str::trim)
            .collect();
        Ok(Self(match *tags.as_slice() {
            [] | ["*"] => None,
            _ => Some(tags.into_iter().filter_map(version).collect()),
        }))
    }
}

fn version(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unknown = UnknownParameters::of(&parts.extensions);
        Ok(Self::of(&parts.uri, unknown))
    }
}

/// A body that has been received and not read yet.
#[derive(Debug)]
pub struct Payload {
    bytes: Result<Bytes, Problem>,
    is_json: bool,
    unknown: UnknownParameters,
}

impl Payload {
    /// A payload of these bytes.
    pub(crate) fn of(bytes: &'static str, is_json: bool) -> Self {
        Self {
            bytes: Ok(Bytes::from_static(bytes.as_bytes())),
            is_json,
            unknown: UnknownParameters::default(),
        }
    }

    /// The bytes of the body; `None` if it did not arrive as a whole.
    #[must_use]
    pub fn bytes(&self) -> Option<Bytes> {
        self.bytes.as_ref().ok().cloned()
    }

    /// A reader of the JSON object in the body.
    ///
    /// # Errors
    /// 413, 415 and 400; 422 for JSON that is not an object.
    pub fn object(self) -> Result<ObjectReader, Problem> {
        self.reader(Null::Absent)
    }

    /// A reader of the object, with the unknown parameters of the query among its errors.
    fn reader(self, null: Null) -> Result<ObjectReader, Problem> {
        let unknown = self.unknown.faults();
        let mut reader = ObjectReader::new(self.fields()?, null);
        reader.errors().extend(unknown);
        Ok(reader)
    }

    fn fields(self) -> Result<Map<String, Value>, Problem> {
        let bytes = self.bytes?;
        if !self.is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "json_needed",
                "Send JSON as it is, uncompressed, and the header `Content-Type: application/json`.",
            ));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "object_needed",
                "The body is JSON, but not an object with fields.",
            )),
            Err(error) => Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "malformed_json",
                format!(
                    "The body is not JSON that can be read: see line {}, column {}. Nested at most 127 deep, numbers at most 1.7e308.",
                    error.line(),
                    error.column()
                ),
            )),
        }
    }

    /// Reads the object with `read`.
    ///
    /// # Errors
    /// As [`Payload::object`]; 422 with every field error.
    pub fn read<T>(self, read: impl FnOnce(&mut ObjectReader) -> Option<T>) -> Result<T, Problem> {
        finished(self.object()?, read)
    }

    /// As [`Payload::read`], for a merge patch (RFC 7396): `null` clears a field.
    ///
    /// # Errors
    /// As [`Payload::read`]; 422 where `null` is sent for a field that cannot be cleared.
    pub fn read_patch<T>(
        self,
        read: impl FnOnce(&mut ObjectReader) -> Option<T>,
    ) -> Result<T, Problem> {
        finished(self.reader(Null::MergePatch)?, read)
    }

    /// As [`Payload::read`], where an empty body counts as `{}`.
    ///
    /// # Errors
    /// As [`Payload::read`].
    pub fn read_or_nothing<T>(
        self,
        read: impl FnOnce(&mut ObjectReader) -> Option<T>,
    ) -> Result<T, Problem> {
        finished(self.object_or_nothing()?, read)
    }

    /// As [`Payload::object`], where an empty body counts as `{}`.
    ///
    /// # Errors
    /// As [`Payload::object`].
    pub fn object_or_nothing(self) -> Result<ObjectReader, Problem> {
        match &self.bytes {
            Ok(bytes) if bytes.is_empty() => {
                let mut reader = ObjectReader::new(Map::new(), Null::Absent);
                reader.errors().extend(self.unknown.faults());
                Ok(reader)
            }
            _ => self.object(),
        }
    }
}

fn finished<T>(
    mut reader: ObjectReader,
    read: impl FnOnce(&mut ObjectReader) -> Option<T>,
) -> Result<T, Problem> {
    let read = read(&mut reader);
    reader.finish(read).map_err(Problem::invalid)
}

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Infallible> {
        let is_json = is_json(request.headers()) && !is_encoded(request.headers());
        let unknown = UnknownParameters::of(request.extensions());
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| refused(rejection.status()));
        Ok(Self {
            bytes,
            is_json,
            unknown,
        })
    }
}

/// The problem of a body that could not be received.
pub(crate) fn refused(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("The body may have at most {BODY_LIMIT} bytes."),
        )
    } else {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "body_not_received",
            "The body did not arrive as a whole: send it again.",
        )
    }
}

/// Whether the media type is `application/json`, or has the suffix `+json` (RFC 6839, section 3.1).
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| {
            let essence = essence.trim().to_ascii_lowercase();
            essence == "application/json"
                || (essence.starts_with("application/") && essence.ends_with("+json"))
        })
}

/// Whether the body has a content coding (RFC 9110, section 8.4), which this API does not decode.
fn is_encoded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(bytes: &'static str, content_type: &str) -> Payload {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        Payload::of(bytes, is_json(&headers))
    }

    #[test]
    fn what_is_not_an_object_of_json_is_told_apart() {
        let status = |bytes, content_type| {
            payload(bytes, content_type)
                .object()
                .err()
                .map(|problem| problem.status().as_u16())
        };
        assert_eq!(status("{}", "application/json"), None);
        assert_eq!(status("{}", "application/JSON; charset=utf-8"), None);
        assert_eq!(status("{}", "application/merge-patch+json"), None);
        assert_eq!(status("{}", "text/plain"), Some(415));
        assert_eq!(status("{", "text/plain"), Some(415));
        assert_eq!(status("{", "application/json"), Some(400));
        assert_eq!(status("", "application/json"), Some(400));
        assert_eq!(status("[]", "application/json"), Some(422));
    }

    async fn if_match(tags: &[&str]) -> IfMatch {
        let mut request = Request::new(axum::body::Body::empty());
        for tag in tags {
            let headers = request.headers_mut();
            headers.append(header::IF_MATCH, tag.parse().unwrap());
        }
        let (mut parts, _) = request.into_parts();
        let Ok(if_match) = IfMatch::from_request_parts(&mut parts, &()).await;
        if_match
    }

    #[tokio::test]
    async fn any_version_that_is_named_will_do() {
        let any: [&[&str]; 2] = [&[], &["*"]];
        for tags in any {
            assert_eq!(if_match(tags).await.against(7), None, "{tags:?}");
        }
        let met: [&[&str]; 4] = [
            &["\"7\""],
            &["\"6\", \"7\""],
            &["\"6\"", "\"7\""],
            &["W/\"6\",\"7\""],
        ];
        for tags in met {
            assert_eq!(if_match(tags).await.against(7), Some(7), "{tags:?}");
        }
        for unmet in ["\"6\"", "W/\"7\"", "7", "", "\"x\"", "\"6\", *"] {
            assert_eq!(
                if_match(&[unmet]).await.against(7),
                Some(NO_VERSION),
                "{unmet}"
            );
        }
    }

    #[test]
    fn no_body_may_count_as_an_empty_object() {
        assert!(payload("", "text/plain").object_or_nothing().is_ok());
        assert!(payload(" ", "text/plain").object_or_nothing().is_err());
    }
}
