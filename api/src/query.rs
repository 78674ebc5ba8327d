//! The query of a request: taken apart, read by a [`QueryReader`], and refused with the right status. Values that cannot
//! be read are 400; values that contradict each other, and parameters that the route does not have, are 422.
//!
//! The parser is our own because those of libraries put a replacement character in the place of bytes that are not
//! UTF-8: a search for it would find nothing, and the client would not learn why.

use crate::{error::Problem, unknown_parameters::UnknownParameters};
use axum::http::Uri;
use domain::reader::{NotUtf8, QueryReader};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A value as text; or that its bytes are not text.
type Decoded = Result<String, NotUtf8>;

/// A query that has been received and not read yet.
#[derive(Debug, Default)]
pub struct Query {
    reader: QueryReader,
    unknown: UnknownParameters,
}

impl Query {
    pub(crate) fn of(uri: &Uri, unknown: UnknownParameters) -> Self {
        let pairs = uri.query().unwrap_or_default().split('&');
        Self {
            reader: QueryReader::new(pairs.map(pair).collect()),
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
        invalid.extend(self.unknown.faults());
        if self.reader.errors().is_empty() && !invalid.is_empty() {
            return Err(Problem::invalid(invalid));
        }
        self.reader.finish(read).map_err(Problem::bad_query)
    }
}

/// The names in a query, each as often as it was sent; a name that is not UTF-8 stays encoded.
pub(crate) fn names(query: &str) -> impl Iterator<Item = String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let names = pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.map(|name| decoded(name).unwrap_or_else(|_| name.to_owned()))
}

/// A parameter as forms write it (WHATWG URL, section 5.1). A name that is not UTF-8 is empty, and so the name of nothing.
fn pair(text: &str) -> (String, Decoded) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name).unwrap_or_default(), decoded(value))
}

fn decoded(text: &str) -> Decoded {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(Cow::into_owned).map_err(|_| NotUtf8)
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
