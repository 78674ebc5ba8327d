//! The shape of successes: `{"success": true, "<resource>": …}`.

use crate::error::Problem;
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::time_format;
use serde::{Serialize, Serializer};

/// A successful response that is being built. Its fields are written as they come.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    /// The body without its last brace.
    body: Result<Vec<u8>, serde_json::Error>,
    /// The same with null in the place of secrets, if it has any.
    kept: Option<Vec<u8>>,
}

/// The body of a response without its secrets, which is kept for repeats in its place.
#[derive(Debug, Clone)]
pub(crate) struct WithoutSecrets(pub Vec<u8>);

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: Ok(br#"{"success":true"#.to_vec()),
            kept: None,
        }
    }
}

impl Answer {
    /// 200 with one resource.
    #[must_use]
    pub fn of(name: &str, resource: impl Serialize) -> Self {
        Self::default().with(name, resource)
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        self.body = self.body.and_then(|mut body| {
            let begin = body.len();
            write(&mut body, name, value)?;
            if let Some(kept) = &mut self.kept {
                kept.extend(body.iter().skip(begin));
            }
            Ok(body)
        });
        self
    }

    /// Adds a field that is shown once: it is never kept, and a repeat of the request has null in its place.
    #[must_use]
    pub fn secret(mut self, name: &str, secret: &str) -> Self {
        self.body = self.body.and_then(|mut body| {
            let kept = self.kept.get_or_insert_with(|| body.clone());
            write(kept, name, Option::<&str>::None)?;
            write(&mut body, name, secret)?;
            Ok(body)
        });
        self
    }

    /// Turns it into 201, with the path of the created resource in `Location`.
    #[must_use]
    pub fn created(mut self, location: &str) -> Self {
        self.status = StatusCode::CREATED;
        match HeaderValue::from_str(location) {
            Ok(location) => self.header(header::LOCATION, location),
            Err(_) => self,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// Appends a field to an object that has one already.
fn write(to: &mut Vec<u8>, name: &str, value: impl Serialize) -> Result<(), serde_json::Error> {
    to.push(b',');
    serde_json::to_writer(&mut *to, name)?;
    to.push(b':');
    serde_json::to_writer(to, &value)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut body = match self.body {
            Ok(body) => body,
            Err(error) => return Problem::unexpected(error).into_response(),
        };
        body.push(b'}');
        let json = [(header::CONTENT_TYPE, "application/json")];
        let mut answer = (self.status, json, self.headers, body).into_response();
        if let Some(mut kept) = self.kept {
            kept.push(b'}');
            answer.extensions_mut().insert(WithoutSecrets(kept));
        }
        answer
    }
}

/// An instant as the API writes it: RFC 3339 in UTC with milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub DateTime<Utc>);

impl schemars::JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        time_format::serialize(&self.0, to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use serde_json::{Value, json};

    async fn body(answer: Answer) -> (Value, Option<Value>) {
        let response = answer.into_response();
        let read = |json: &[u8]| serde_json::from_slice::<Value>(json).unwrap();
        let kept = response.extensions().get::<WithoutSecrets>();
        let kept = kept.map(|WithoutSecrets(kept)| read(kept));
        let shown = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (read(&shown), kept)
    }

    #[tokio::test]
    async fn a_body_has_its_fields_in_order_and_a_secret_is_null_in_what_is_kept() {
        let plain = Answer::of("ticket", json!({"id": 1})).with("n\"", 2);
        let expected = json!({"success": true, "ticket": {"id": 1}, "n\"": 2});
        assert_eq!(body(plain).await, (expected, None));
        let secret = Answer::of("a", 1).secret("key", "k\"").with("b", 2);
        let shown = json!({"success": true, "a": 1, "key": "k\"", "b": 2});
        let kept = json!({"success": true, "a": 1, "key": null, "b": 2});
        assert_eq!(body(secret).await, (shown, Some(kept)));
    }

    #[tokio::test]
    async fn what_cannot_be_written_is_an_error() {
        let unfit = std::collections::BTreeMap::from([([1, 2], 3)]);
        let response = Answer::of("field", unfit).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn instants_have_milliseconds_and_a_z() {
        let at = Time("2025-10-01T11:30:00.1239+03:00".parse().unwrap());
        assert_eq!(
            serde_json::to_string(&at).unwrap(),
            r#""2025-10-01T08:30:00.123Z""#
        );
    }
}
