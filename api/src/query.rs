//! Reads the parameters of a query by name and kind, and gathers every fault on the way. An empty
//! value counts as absent. Values that cannot be read are 400; values that contradict each other, and
//! parameters that the route does not have, are 422.
//!
//! Taken apart here, since what takes apart queries and forms elsewhere puts a mark in the place of
//! bytes that are no text: a search for the mark would find nothing, and nobody would be told why.

use crate::{error::Problem, openapi::Shape, unknown_parameters::UnknownParameters};
use axum::http::Uri;
use domain::field_error::{Constraint, FieldError, FieldErrors, Variants};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::{
    borrow::Cow,
    ops::RangeInclusive,
    str::{FromStr, Utf8Error},
};

/// A value as text; or what is wrong with its bytes.
type Decoded = Result<String, Utf8Error>;

/// A query that is being read.
#[derive(Debug, Default)]
pub struct Query {
    pairs: Vec<(String, Decoded)>,
    faults: FieldErrors,
    unknown: UnknownParameters,
    /// What was asked for, in order, when it is only told how it is read.
    asked: Option<Shape>,
}

impl Query {
    pub(crate) fn of(uri: &Uri, unknown: UnknownParameters) -> Self {
        let pairs = uri.query().unwrap_or_default().split('&');
        Self {
            pairs: pairs.map(pair).collect(),
            unknown,
            ..Self::default()
        }
    }

    pub(crate) fn of_pairs(pairs: Vec<(String, String)>) -> Self {
        let pairs = pairs.into_iter().map(|(name, value)| (name, Ok(value)));
        Self {
            pairs: pairs.collect(),
            ..Self::default()
        }
    }

    /// What is wrong with it after it was read.
    pub(crate) fn into_faults(self) -> Vec<FieldError> {
        self.faults.finish(Some(())).err().unwrap_or_default()
    }

    /// The parameters that `read` reads, as the properties of a JSON Schema: found by letting it
    /// read.
    pub fn describe<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        let mut query = Self {
            faults: FieldErrors::describing(),
            asked: Some(Shape::default()),
            ..Self::default()
        };
        read(&mut query);
        let shape = query.asked.unwrap_or_default();
        shape.into_schema(query.faults.into_limits())
    }

    /// Where parsers note what is wrong with values.
    pub fn faults(&mut self) -> &mut FieldErrors {
        &mut self.faults
    }

    /// A value, or nothing. Two values are a fault.
    pub fn text(&mut self, name: &str) -> Option<String> {
        if let Some(asked) = &mut self.asked {
            asked.property(name, json!({"type": "string"}));
        }
        let mut values = self.all(name);
        let value = values.pop()?;
        if !values.is_empty() {
            self.faults.add(name, "repeated", "must be given once");
        }
        let (code, message) = match value {
            Ok(value) if !value.contains('\0') => return Some(value),
            Ok(_) => ("nul_character", "must not contain the NUL character"),
            Err(_) => ("not_utf8", "must be UTF-8 under its percent-encoding"),
        };
        self.faults.add(name, code, message);
        None
    }

    fn all(&self, name: &str) -> Vec<Decoded> {
        let is_empty = |value: &Decoded| value.as_ref().is_ok_and(String::is_empty);
        self.pairs
            .iter()
            .filter(|(known, value)| known == name && !is_empty(value))
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Text of so many characters, which has to be there.
    pub fn required(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let is_sent = !self.all(name).is_empty();
        let text = self.text(name);
        let (least, most) = (*length.start(), *length.end());
        if is_sent {
            self.faults
                .optional_text(name, text.as_deref(), least, most)
        } else {
            self.faults
                .required_text(name, text.as_deref(), least, most)
        }
    }

    /// A whole number within bounds, or nothing.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let text = self.text(name);
        let (least, most) = (*range.start(), *range.end());
        self.faults.ask(name, Constraint::Integer(least, most));
        let number = text?.parse().ok().filter(|n| range.contains(n));
        if number.is_none() {
            self.faults.add(
                name,
                "out_of_range",
                format!("must be a whole number of {least} to {most}"),
            );
        }
        number
    }

    /// One of an enum's words, or nothing.
    pub fn word<T: Variants>(&mut self, name: &str) -> Option<T> {
        let word = self.text(name);
        self.faults.word(name, word.as_deref())
    }

    /// Any of an enum's words, separated by commas; none when the parameter is absent.
    pub fn words<T: Variants>(&mut self, name: &str) -> Vec<T> {
        let text = self.text(name);
        self.faults.ask(name, Constraint::AnyOf(T::words()));
        let words = text.iter().flat_map(|text| text.split(',')).map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .filter_map(|word| self.faults.word(name, Some(word)))
            .collect()
    }

    /// An id, or nothing.
    pub fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let id = self.text(name);
        self.faults.id(name, id.as_deref())
    }

    /// What `read` reads from it.
    ///
    /// # Errors
    /// As [`Query::finish`].
    pub fn read<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Result<T, Problem> {
        let read = read(&mut self);
        self.finish(read)
    }

    /// What was read, if nothing was wrong with it.
    ///
    /// # Errors
    /// 400 with every value that cannot be read; else 422 with every contradiction and every parameter
    /// that the route does not have.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Problem> {
        let mut invalid = self.faults.take_contradictions();
        invalid.extend(self.unknown.faults());
        if self.faults.is_empty() && !invalid.is_empty() {
            return Err(Problem::invalid(invalid));
        }
        self.faults.finish(read).map_err(Problem::bad_query)
    }
}

/// The names in a query, each as often as it is there; one whose bytes are no text as it was sent.
pub(crate) fn names(query: &str) -> impl Iterator<Item = String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let names = pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name));
    names.map(|name| decoded(name).unwrap_or_else(|_| name.to_owned()))
}

/// A parameter as forms write it (WHATWG URL, section 5.1). A name that is no text is nobody's.
fn pair(text: &str) -> (String, Decoded) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name).unwrap_or_default(), decoded(value))
}

fn decoded(text: &str) -> Decoded {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tickets::Status;

    fn query(text: &str) -> Query {
        let unknown = UnknownParameters::default();
        Query::of(&format!("/x?{text}").parse().unwrap(), unknown)
    }

    #[test]
    fn alternatives_are_separated_by_commas() {
        let mut query = query("status=open,in_progress&page=2&q=a%20b&sort=");
        assert_eq!(
            query.words::<Status>("status"),
            [Status::Open, Status::InProgress]
        );
        assert_eq!(query.integer("page", 1..=10), Some(2));
        assert_eq!(query.text("q").as_deref(), Some("a b"));
        assert_eq!(query.text("sort"), None);
        assert!(query.finish(Some(())).is_ok());
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
    fn bytes_that_are_no_text_are_a_fault_of_their_parameter() {
        let mut query = query("q=%ff&status=%C3%28&unasked=%ff");
        assert_eq!(query.text("q"), None);
        assert!(query.words::<Status>("status").is_empty());
        let faults = query.faults.finish(Some(())).unwrap_err();
        let faults: Vec<_> = faults
            .iter()
            .map(|field_error| (field_error.field.as_str(), field_error.code))
            .collect();
        assert_eq!(faults, [("q", "not_utf8"), ("status", "not_utf8")]);
    }

    #[test]
    fn every_fault_of_a_query_is_a_bad_request() {
        let mut query = query("status=open,asleep&page=0&limit=x&q=1&q=2&agent=me");
        query.words::<Status>("status");
        query.integer("page", 1..=10);
        query.integer("limit", 1..=100);
        query.text("q");
        query.id::<domain::ids::UserId>("agent");
        let faults = query.faults.finish(Some(())).unwrap_err();
        let fields: Vec<_> = faults
            .iter()
            .map(|field_error| field_error.field.as_str())
            .collect();
        assert_eq!(fields, ["status", "page", "limit", "q", "agent"]);
    }
}
