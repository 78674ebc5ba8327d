//! Reads the parameters of a query by name and kind, and collects every error on the way. An empty
//! value counts as absent.

use crate::{
    field_error::{Constraint, FieldError, FieldErrors, Name, Variants},
    reader::{Sent, Shape, shape::Meanings},
};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::{ops::RangeInclusive, str::FromStr};

/// Bytes of a value that are not text in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not UTF-8")]
pub struct NotUtf8;

/// A value, decoded.
type Decoded = Result<String, NotUtf8>;

/// The reader of one query, or the description of how it is read ([`QueryReader::describe`]).
#[derive(Debug, Default)]
pub struct QueryReader {
    pairs: Vec<(String, Decoded)>,
    errors: FieldErrors,
    /// The parameters that were asked for, in order, while the reader is described.
    asked: Option<Shape>,
}

impl QueryReader {
    /// A reader of these parameters: decoded names and values, in the order in which they were sent.
    #[must_use]
    pub fn new(pairs: Vec<(String, Result<String, NotUtf8>)>) -> Self {
        Self {
            pairs,
            ..Self::default()
        }
    }

    /// The parameters that `read` reads, as the properties of a JSON Schema: found by running `read` without a query.
    pub fn describe<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        let mut reader = Self {
            errors: FieldErrors::describing(),
            asked: Some(Shape::default()),
            ..Self::default()
        };
        read(&mut reader);
        let shape = reader.asked.unwrap_or_default();
        shape.into_schema(reader.errors.into_limits())
    }

    /// What parameters mean, for the document.
    pub fn mean(&mut self, meanings: Meanings) {
        if let Some(asked) = &mut self.asked {
            asked.mean(meanings);
        }
    }

    /// The errors so far, for parsers that check values.
    pub fn errors(&mut self) -> &mut FieldErrors {
        &mut self.errors
    }

    /// See [`FieldErrors::checks_last`].
    pub fn checks_last(&mut self) {
        self.errors.checks_last();
    }

    /// A value, or nothing. Two values are an error.
    pub fn text(&mut self, name: &str) -> Option<String> {
        if let Some(asked) = &mut self.asked {
            asked.property(name, json!({"type": "string"}));
        }
        let mut values = self.all(name);
        let value = values.pop()?;
        if !values.is_empty() {
            self.errors
                .add_unreadable(name, "repeated", "must be given once");
        }
        self.decoded(name, value)
    }

    fn decoded(&mut self, name: &str, value: Decoded) -> Option<String> {
        let (code, message) = match value {
            Ok(value) if !value.contains('\0') => return Some(value),
            Ok(_) => ("nul_character", "must not contain the NUL character"),
            Err(_) => ("not_utf8", "must be UTF-8 under its percent-encoding"),
        };
        self.errors.add_unreadable(name, code, message);
        None
    }

    /// Several values, separated by commas, or nothing. Many clients repeat the parameter instead, once for each value.
    pub fn texts(&mut self, name: &str) -> Option<String> {
        if let Some(asked) = &mut self.asked {
            asked.property(name, json!({"type": "string"}));
        }
        let values = self.all(name);
        if values.is_empty() {
            return None;
        }
        let values = values.into_iter();
        let values: Vec<_> = values.map(|value| self.decoded(name, value)).collect();
        let values: Option<Vec<_>> = values.into_iter().collect();
        values.map(|values| values.join(","))
    }

    /// Several values, as [`QueryReader::texts`], to be checked later.
    pub fn several(&mut self, name: impl Into<Name>) -> Sent<String> {
        let name = name.into();
        let value = self.texts(&name);
        Sent { name, value }
    }

    /// A value, to be checked later.
    pub fn sent(&mut self, name: impl Into<Name>) -> Sent<String> {
        let name = name.into();
        let value = self.text(&name);
        Sent { name, value }
    }

    /// Whether the parameter has a value. It stays to be read.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }

    fn all(&self, name: &str) -> Vec<Decoded> {
        let is_empty = |value: &Decoded| value.as_ref().is_ok_and(String::is_empty);
        self.pairs
            .iter()
            .filter(|(known, value)| known == name && !is_empty(value))
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// Text of that least and greatest number of characters. An error where it is absent.
    pub fn required(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let is_sent = self.has(name);
        let text = self.text(name);
        let (least, most) = (*length.start(), *length.end());
        if is_sent {
            self.errors
                .optional_text(name, text.as_deref(), least, most)
        } else {
            self.errors
                .required_text(name, text.as_deref(), least, most)
        }
    }

    /// A whole number within bounds, or nothing.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let text = self.text(name);
        let (least, most) = (*range.start(), *range.end());
        self.errors.ask(name, Constraint::Integer(least, most));
        let number = text?.parse().ok().filter(|n| range.contains(n));
        if number.is_none() {
            self.errors.add(
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
        self.errors.word(name, word.as_deref())
    }

    /// Any of an enum's words, separated by commas; none when the parameter is absent.
    pub fn words<T: Variants>(&mut self, name: &str) -> Vec<T> {
        let text = self.texts(name);
        self.errors.ask_each(name, Constraint::word::<T>());
        let words = text.iter().flat_map(|text| text.split(',')).map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .filter_map(|word| self.errors.word(name, Some(word)))
            .collect()
    }

    /// An id, or nothing.
    pub fn id<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let id = self.text(name);
        self.errors.id(name, id.as_deref())
    }

    /// A time zone by its IANA name, UTC where it is absent; `None` for an unknown one.
    pub fn zone(&mut self, name: &str) -> Option<Tz> {
        let text = self.text(name);
        self.errors.ask(name, Constraint::TimeZone);
        let Some(text) = text else {
            return Some(Tz::UTC);
        };
        let zone = text.parse().ok();
        if zone.is_none() {
            let message = "must be the name of an IANA time zone, such as Africa/Nairobi";
            self.errors.add(name, "unknown_timezone", message);
        }
        zone
    }

    /// The value that was read, if there is no error.
    ///
    /// # Errors
    /// Every error; contradictions come last, unless they were taken out before.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        self.errors.finish(read)
    }

    /// The errors of a query after it was read.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.finish(Some(())).err().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tickets::Status;

    fn query(pairs: &[(&str, &str)]) -> QueryReader {
        let pairs = pairs.iter();
        QueryReader::new(
            pairs
                .map(|(name, value)| ((*name).to_owned(), Ok((*value).to_owned())))
                .collect(),
        )
    }

    #[test]
    fn alternatives_are_separated_by_commas() {
        let mut query = query(&[("status", "open,in_progress"), ("page", "2"), ("sort", "")]);
        assert_eq!(
            query.words::<Status>("status"),
            [Status::Open, Status::InProgress]
        );
        assert_eq!(query.integer("page", 1..=10), Some(2));
        assert_eq!(query.text("sort"), None);
        assert!(query.finish(Some(())).is_ok());
    }

    #[test]
    fn a_list_may_be_separated_by_commas_or_by_repeating_its_parameter() {
        for pairs in [
            [("status", "open"), ("status", "closed")],
            [("status", "open,closed"), ("status", "")],
        ] {
            let mut query = query(&pairs);
            assert_eq!(
                query.words::<Status>("status"),
                [Status::Open, Status::Closed]
            );
            assert!(query.finish(Some(())).is_ok());
        }
    }

    #[test]
    fn every_error_of_a_query_is_named_by_its_parameter() {
        let mut query = query(&[
            ("status", "open,asleep"),
            ("page", "0"),
            ("limit", "x"),
            ("q", "1"),
            ("q", "2"),
            ("agent", "me"),
        ]);
        query.words::<Status>("status");
        query.integer("page", 1..=10);
        query.integer("limit", 1..=100);
        query.text("q");
        query.id::<crate::ids::UserId>("agent");
        let errors = query.into_errors();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["status", "page", "limit", "q", "agent"]);
    }
}
