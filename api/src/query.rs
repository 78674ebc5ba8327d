//! The query of a request: read by a [`QueryReader`], and refused with the right status. Values that cannot
//! be read are 400; values that contradict each other, and parameters that the route does not have, are 422.

use crate::{error::Problem, query_string, unknown_parameters::UnknownParameters};
use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use domain::reader::QueryReader;
use std::convert::Infallible;

/// A query that has been received and not read yet.
#[derive(Debug, Default)]
pub struct Query {
    reader: QueryReader,
    unknown: UnknownParameters,
}

impl Query {
    fn of(uri: &Uri, unknown: UnknownParameters) -> Self {
        let pairs = query_string::pairs(uri.query().unwrap_or_default());
        Self {
            reader: QueryReader::new(pairs.collect()),
            unknown,
        }
    }

    /// Reads the query with `read`.
    ///
    /// # Errors
    /// 400 with every value that cannot be read; else 422 with every contradiction and every parameter
    /// that the route does not have.
    pub fn read<T>(
        mut self,
        read: impl FnOnce(&mut QueryReader) -> Option<T>,
    ) -> Result<T, Problem> {
        let read = read(&mut self.reader);
        let mut invalid = self.reader.errors().take_contradictions();
        invalid.extend(self.unknown.errors());
        if self.reader.errors().is_empty() && !invalid.is_empty() {
            return Err(Problem::invalid(invalid));
        }
        self.reader.finish(read).map_err(Problem::bad_query)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unknown = UnknownParameters::of(&parts.extensions);
        Ok(Self::of(&parts.uri, unknown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tickets::Status;

    fn query(text: &str) -> QueryReader {
        let unknown = UnknownParameters::default();
        Query::of(&format!("/x?{text}").parse().unwrap(), unknown).reader
    }

    #[test]
    fn values_are_read_as_forms_write_them() {
        let mut query = query("a=x+y%2Bz%20%C3%A9&b&&c=1=2&%64=4&e=&%ff=5&=6");
        assert_eq!(query.text("a").as_deref(), Some("x y+z \u{e9}"));
        assert_eq!(query.text("b"), None);
        assert_eq!(query.text("c").as_deref(), Some("1=2"));
        assert_eq!(query.text("d").as_deref(), Some("4"));
        assert_eq!(query.text("e"), None);
        assert!(query.finish(Some(())).is_ok());
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error_of_their_parameter() {
        let mut query = query("q=%ff&status=%C3%28&unasked=%ff");
        assert_eq!(query.text("q"), None);
        assert!(query.words::<Status>("status").is_empty());
        let errors = query.into_errors();
        let errors: Vec<_> = errors
            .iter()
            .map(|field_error| (field_error.field.as_str(), field_error.code))
            .collect();
        assert_eq!(errors, [("q", "not_utf8"), ("status", "not_utf8")]);
    }
}
