//! The shape of successes: `{"success": true, "<resource>": …}`.

use crate::error::Problem;
use axum::{
    Extension, Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::time_format;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// A successful response that is being built.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    fields: Result<Map<String, Value>, serde_json::Error>,
    secrets: Vec<(&'static str, String)>,
}

/// The body of a response without its secrets, which is kept for repeats in its place.
#[derive(Debug, Clone)]
pub(crate) struct WithoutSecrets(pub Vec<u8>);

impl Default for Answer {
    fn default() -> Self {
        let mut fields = Map::new();
        fields.insert("success".to_owned(), Value::Bool(true));
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            fields: Ok(fields),
            secrets: Vec::new(),
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
        self.fields = self.fields.and_then(|mut fields| {
            fields.insert(name.to_owned(), serde_json::to_value(value)?);
            Ok(fields)
        });
        self
    }

    /// Adds a field that is shown once: it is never kept, and a repeat of the request has null in its place.
    #[must_use]
    pub fn secret(mut self, name: &'static str, secret: String) -> Self {
        self.secrets.push((name, secret));
        self.with(name, Value::Null)
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

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut fields = match self.fields {
            Ok(fields) => fields,
            Err(error) => return Problem::unexpected(error).into_response(),
        };
        if self.secrets.is_empty() {
            return (self.status, self.headers, Json(fields)).into_response();
        }
        let kept = match serde_json::to_vec(&fields) {
            Ok(kept) => kept,
            Err(error) => return Problem::unexpected(error).into_response(),
        };
        for (name, secret) in self.secrets {
            fields.insert(name.to_owned(), Value::String(secret));
        }
        let shown = Extension(WithoutSecrets(kept));
        (self.status, self.headers, shown, Json(fields)).into_response()
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

    #[test]
    fn instants_have_milliseconds_and_a_z() {
        let at = Time("2025-10-01T11:30:00.1239+03:00".parse().unwrap());
        assert_eq!(
            serde_json::to_string(&at).unwrap(),
            r#""2025-10-01T08:30:00.123Z""#
        );
    }
}
