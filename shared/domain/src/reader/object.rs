//! Reads the fields of a JSON object by name and kind, and collects every error on the way: wrong kinds, wrong values,
//! missing fields, and at the end the fields that were not read. `null` counts as absent, except in a merge patch
//! (RFC 7396), where it clears a field.
//!
//! ```text
//! fn read(reader: &mut ObjectReader) -> Option<Escalation> {
//!     let reason = reader.required("reason", 1..=5_000);
//!     let agent = reader.id::<UserId>("escalatedTo");
//!     reason.map(|reason| Escalation { reason, agent })
//! }
//! ```

mod lists;

pub use lists::OneOrSeveral;

use crate::{
    field_error::{FieldError, FieldErrors, Name, Variants},
    reader::{Sent, Shape, shape::Meanings},
    time_format,
};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use std::{ops::RangeInclusive, str::FromStr};

/// The reader of one object, or the description of how such an object is read ([`ObjectReader::describe`]).
#[derive(Debug)]
pub struct ObjectReader {
    fields: Map<String, Value>,
    errors: FieldErrors,
    null: Null,
    /// The fields that were asked for, in order, while the reader is described.
    asked: Option<Shape>,
}

/// The meaning of `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Null {
    /// The field is absent.
    Absent,
    /// The field is to be cleared: an error where it cannot be.
    MergePatch,
}

impl ObjectReader {
    /// A reader of these fields.
    #[must_use]
    pub fn new(fields: Map<String, Value>, null: Null) -> Self {
        Self {
            fields,
            errors: FieldErrors::new(),
            null,
            asked: None,
        }
    }

    /// The JSON Schema of the objects that `read` reads: found by running `read` without an object.
    pub fn describe<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        Self::described(Null::Absent, read).1
    }

    /// As [`ObjectReader::describe`], for a merge patch.
    pub fn describe_patch<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        Self::described(Null::MergePatch, read).1
    }

    fn described<T>(null: Null, read: impl FnOnce(&mut Self) -> T) -> (T, Value) {
        let mut reader = Self {
            fields: Map::new(),
            errors: FieldErrors::describing(),
            null,
            asked: Some(Shape::default()),
        };
        let read = read(&mut reader);
        let shape = reader.asked.unwrap_or_default();
        let limits = reader.errors.into_limits();
        (read, shape.into_schema(limits))
    }

    /// The name of the object in the document, and what it is.
    pub fn named(&mut self, name: &'static str, about: &'static str) {
        if let Some(asked) = &mut self.asked {
            asked.named(name, about);
        }
    }

    /// What fields mean, for the document.
    pub fn mean(&mut self, meanings: Meanings) {
        if let Some(asked) = &mut self.asked {
            asked.mean(meanings);
        }
    }

    fn ask(&mut self, field: &str, schema: Value) {
        if let Some(asked) = &mut self.asked {
            asked.property(field, schema);
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

    /// Whether the field is there and not null. The field stays to be read.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|value| !value.is_null())
    }

    /// Whether the field is `true`. The field stays to be read.
    #[must_use]
    pub fn is_true(&self, field: &str) -> bool {
        self.fields.get(field) == Some(&Value::Bool(true))
    }

    /// Whether the field is a list with entries; so it is in a description. The field stays to be read.
    #[must_use]
    pub fn has_entries(&self, field: &str) -> bool {
        self.asked.is_some() || self.length(field) > 0
    }

    fn length(&self, field: &str) -> usize {
        let list = self.fields.get(field).and_then(Value::as_array);
        list.map_or(0, Vec::len)
    }

    /// Takes a field that has no effect, whatever its value is. The document does not show it.
    pub fn ignore(&mut self, field: &str) {
        self.fields.remove(field);
    }

    /// Whether `null` clears the field, in a merge patch. A field of another value stays to be read.
    pub fn clears(&mut self, field: &str) -> bool {
        if let (Some(asked), Null::MergePatch) = (&mut self.asked, self.null) {
            asked.may_be_null(field);
        }
        let cleared =
            self.null == Null::MergePatch && self.fields.get(field).is_some_and(Value::is_null);
        if cleared {
            self.fields.remove(field);
        }
        cleared
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        let value = self.fields.remove(field)?;
        if !value.is_null() {
            return Some(value);
        }
        if self.null == Null::MergePatch {
            self.errors
                .add_unreadable(field, "not_nullable", "cannot be taken away");
        }
        None
    }

    fn wrong_kind(&mut self, field: &str, kind: &str) {
        self.errors
            .add_unreadable(field, "wrong_type", format!("must be {kind}"));
    }

    /// Text of any length.
    pub fn text(&mut self, field: &str) -> Option<String> {
        self.ask(field, json!({"type": "string"}));
        let Value::String(text) = self.take(field)? else {
            self.wrong_kind(field, "text");
            return None;
        };
        Some(text)
    }

    /// Text of any length, to be checked later.
    pub fn sent(&mut self, name: impl Into<Name>) -> Sent<String> {
        let name = name.into();
        let value = self.text(&name);
        Sent { name, value }
    }

    /// Text of that least and greatest number of characters, or nothing.
    pub fn optional(&mut self, field: &str, length: RangeInclusive<usize>) -> Option<String> {
        let text = self.text(field);
        self.errors
            .optional_text(field, text.as_deref(), *length.start(), *length.end())
    }

    /// Text of that least and greatest number of characters. An error where it is absent.
    pub fn required(&mut self, field: &str, length: RangeInclusive<usize>) -> Option<String> {
        let text = self.text(field);
        self.errors
            .required_text(field, text.as_deref(), *length.start(), *length.end())
    }

    /// One of an enum's words, or nothing.
    pub fn word<T: Variants>(&mut self, field: &str) -> Option<T> {
        let word = self.text(field);
        self.errors.word(field, word.as_deref())
    }

    /// One of an enum's words. An error where it is absent.
    pub fn required_word<T: Variants>(&mut self, field: &str) -> Option<T> {
        self.need(field);
        self.word(field)
    }

    /// Notes an error where the field is absent. For fields that are then read by kind.
    pub fn need(&mut self, field: &str) {
        if !self.has(field) {
            self.errors.required(field);
        }
    }

    /// An id, or nothing.
    pub fn id<T: FromStr>(&mut self, field: &str) -> Option<T> {
        let id = self.text(field);
        self.errors.id(field, id.as_deref())
    }

    /// A whole number within bounds, or nothing.
    pub fn number(&mut self, field: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let number = self.integer(field);
        self.errors.integer(field, number, range)
    }

    /// A whole number within bounds. An error where it is absent.
    pub fn required_number(&mut self, field: &str, range: RangeInclusive<i64>) -> Option<i64> {
        self.need(field);
        self.number(field, range)
    }

    /// A whole number, or nothing.
    pub fn integer(&mut self, field: &str) -> Option<i64> {
        self.ask(field, json!({"type": "integer"}));
        let value = self.take(field)?;
        let number = value.as_i64().or_else(|| whole(value.as_f64()?));
        if number.is_none() {
            self.wrong_kind(field, "a whole number");
        }
        number
    }

    /// A flag, or nothing.
    pub fn flag(&mut self, field: &str) -> Option<bool> {
        self.ask(field, json!({"type": "boolean"}));
        let value = self.take(field)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.wrong_kind(field, "true or false");
        }
        flag
    }

    /// An instant of RFC 3339, or nothing.
    pub fn instant(&mut self, field: &str) -> Option<DateTime<Utc>> {
        self.ask(field, json!({"type": "string", "format": "date-time"}));
        let text = self.text(field)?;
        let instant = time_format::parse(&text);
        if instant.is_none() {
            let message = "must be an instant, such as 2025-10-01T08:30:00Z";
            self.errors.add(field, "not_a_time", message);
        }
        instant
    }

    /// An object inside this one, or nothing. Its fields are named relative to it while it is
    /// read; its errors are noted here with their whole path.
    pub fn object<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.asked.is_some() {
            let (read, schema) = Self::described(self.null, read);
            self.ask(field, schema);
            return Some(read);
        }
        let value = self.take(field)?;
        self.inner(field, value, self.null, read)
    }

    fn inner<T>(
        &mut self,
        path: &str,
        value: Value,
        null: Null,
        read: impl FnOnce(&mut Self) -> T,
    ) -> Option<T> {
        let Value::Object(fields) = value else {
            self.wrong_kind(path, "an object");
            return None;
        };
        let mut inner = Self::new(fields, null);
        let read = read(&mut inner);
        let unknown: Vec<_> = inner.unknown().collect();
        self.errors
            .extend_inner(path, inner.errors.into_inner(unknown));
        Some(read)
    }

    /// The value that was read, if there is no error.
    ///
    /// # Errors
    /// Every error, unknown fields among them.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        let unknown: Vec<_> = self.unknown().collect();
        self.errors.checks_last();
        self.errors.extend(unknown);
        self.errors.drop_echoes();
        self.errors.finish(read)
    }

    /// The errors of an object after it was read, unknown fields among them.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.finish(Some(())).err().unwrap_or_default()
    }

    fn unknown(&self) -> impl Iterator<Item = FieldError> + '_ {
        self.fields.keys().map(|field| FieldError {
            field: field.clone(),
            code: "unknown_field",
            message: "is not a field that is known here".to_owned(),
        })
    }
}

/// A number without a fraction, such as 57 for `57.0`: JSON does not tell the two apart.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && number.abs() <= EXACT;
    is_whole.then(|| format!("{number:.0}").parse().ok())?
}

#[cfg(test)]
mod tests;
