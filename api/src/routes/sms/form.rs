//! The form of a delivery report: small, and read before anything is known about the caller.

use crate::query_string;
use axum::{
    body::{self, Body},
    extract::{FromRequest, Request},
};
use std::convert::Infallible;

/// The most bytes of a form; those of the providers have one kilobyte.
const MOST: usize = 16 * 1024;

/// The fields of a form, in their order. One that cannot be read has none.
#[derive(Debug, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    fn parse(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let pairs = query_string::pairs(text).filter(|(name, _)| !name.is_empty());
        let fields = pairs.map(|(name, value)| value.map(|value| (name, value)));
        Self(fields.collect::<Result<_, _>>().unwrap_or_default())
    }

    /// The first value of a field; empty if it is absent.
    pub(super) fn get(&self, name: &str) -> &str {
        let mut fields = self.0.iter();
        let found = fields.find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The fields.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Infallible;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Infallible> {
        let bytes = body::to_bytes(request.into_body(), MOST).await;
        Ok(bytes.map(|bytes| Self::parse(&bytes)).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_was_encoded() {
        let form = Form::parse(b"a=1&b=%2B254+x&a=2&empty=&%C3%A9=%E2%80%99");
        assert_eq!((form.get("a"), form.get("b")), ("1", "+254 x"));
        assert_eq!((form.get("empty"), form.get("absent")), ("", ""));
        assert_eq!(form.get("é"), "’");
        assert_eq!(form.fields().len(), 5);
    }

    #[test]
    fn what_is_no_form_has_no_fields() {
        for other in [&b""[..], b"\xff\xfe", b"a=%ff&b=1", b"&&&"] {
            assert!(Form::parse(other).fields().is_empty(), "{other:?}");
        }
    }
}
