//! The body: JSON, read as an object.

use crate::{error::Problem, unknown_parameters::UnknownParameters};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use domain::reader::{Null, ObjectReader};
use serde_json::{Map, Value};
use std::convert::Infallible;

/// The most bytes of a JSON body.
pub const BODY_LIMIT: usize = 1024 * 1024;

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
        let unknown = self.unknown.errors();
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
                reader.errors().extend(self.unknown.errors());
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

    #[test]
    fn no_body_may_count_as_an_empty_object() {
        assert!(payload("", "text/plain").object_or_nothing().is_ok());
        assert!(payload(" ", "text/plain").object_or_nothing().is_err());
    }
}
