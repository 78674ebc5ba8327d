//! Reads the fields of a JSON object by name and kind, and gathers every fault on the way: wrong
//! kinds, wrong values, missing fields, and in the end those that nobody asked for. `null` counts
//! as absent, but in a merge patch (RFC 7396), where it takes away what need not be there.
//!
//! ```text
//! let mut body = payload.object()?;
//! let reason = body.required("reason", 1..=5_000);
//! let agent = body.id::<UserId>("escalatedTo");
//! let escalation = reason.map(|reason| Escalation { reason, agent });
//! let escalation = body.finish(escalation)?;
//! ```

use crate::{error::Problem, openapi::Shape};
use chrono::{DateTime, Utc};
use domain::{
    field_error::{Entries, FieldError, FieldErrors, Variants},
    time_format,
};
use serde_json::{Map, Value, json};
use std::{ops::RangeInclusive, str::FromStr};

/// An object that is being read, or one of which is told how it is read ([`Body::describe`]).
#[derive(Debug)]
pub struct Body {
    fields: Map<String, Value>,
    faults: FieldErrors,
    null: Null,
    /// What was asked for, in order, when it is only told.
    asked: Option<Shape>,
}

/// What may be a number or a list of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrSeveral {
    /// A number.
    One(i64),
    /// A list.
    Several(Entries<i64>),
}

/// What `null` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Null {
    /// That the field is absent.
    Absent,
    /// That the field is to be cleared: a fault where it cannot be.
    MergePatch,
}

impl Body {
    pub(crate) fn new(fields: Map<String, Value>, null: Null) -> Self {
        Self {
            fields,
            faults: FieldErrors::new(),
            null,
            asked: None,
        }
    }

    /// The JSON Schema of the objects that `read` reads: found by letting it read.
    pub fn describe<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        Self::described(Null::Absent, read).1
    }

    /// As [`Body::describe`], of a merge patch.
    pub fn describe_patch<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        Self::described(Null::MergePatch, read).1
    }

    fn described<T>(null: Null, read: impl FnOnce(&mut Self) -> T) -> (T, Value) {
        let mut body = Self {
            fields: Map::new(),
            faults: FieldErrors::describing(),
            null,
            asked: Some(Shape::default()),
        };
        let read = read(&mut body);
        let shape = body.asked.unwrap_or_default();
        let limits = body.faults.into_limits();
        let schema = match null {
            Null::Absent => shape.into_schema(limits),
            Null::MergePatch => shape.into_patch_schema(limits),
        };
        (read, schema)
    }

    fn ask(&mut self, field: &str, schema: Value) {
        if let Some(asked) = &mut self.asked {
            asked.property(field, schema);
        }
    }

    /// Where parsers note what is wrong with values.
    pub fn faults(&mut self) -> &mut FieldErrors {
        &mut self.faults
    }

    /// Whether the field is there and not null. Does not take it.
    #[must_use]
    pub fn has(&self, field: &str) -> bool {
        self.fields.get(field).is_some_and(|value| !value.is_null())
    }

    /// Takes a field that counts for nothing, whatever it is.
    pub fn ignore(&mut self, field: &str) {
        self.ask(field, json!({}));
        self.fields.remove(field);
    }

    /// Takes a field that `null` clears, in a merge patch, and says whether it does. What else the
    /// field is stays to be read.
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
            self.faults
                .add(field, "not_nullable", "cannot be taken away");
        }
        None
    }

    fn wrong_kind(&mut self, field: &str, kind: &str) {
        self.faults
            .add(field, "wrong_type", format!("must be {kind}"));
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

    /// Text of so many characters, or nothing.
    pub fn optional(&mut self, field: &str, length: RangeInclusive<usize>) -> Option<String> {
        let text = self.text(field);
        self.faults
            .optional_text(field, text.as_deref(), *length.start(), *length.end())
    }

    /// Text of so many characters.
    pub fn required(&mut self, field: &str, length: RangeInclusive<usize>) -> Option<String> {
        let text = self.text(field);
        self.faults
            .required_text(field, text.as_deref(), *length.start(), *length.end())
    }

    /// One of an enum's words, or nothing.
    pub fn word<T: Variants>(&mut self, field: &str) -> Option<T> {
        let word = self.text(field);
        self.faults.word(field, word.as_deref())
    }

    /// One of an enum's words.
    pub fn required_word<T: Variants>(&mut self, field: &str) -> Option<T> {
        self.need(field);
        self.word(field)
    }

    /// Notes a fault if the field is not there. For fields that are then read by kind.
    pub fn need(&mut self, field: &str) {
        if !self.has(field) {
            self.faults.required(field);
        }
    }

    /// An id, or nothing.
    pub fn id<T: FromStr>(&mut self, field: &str) -> Option<T> {
        let id = self.text(field);
        self.faults.id(field, id.as_deref())
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

    /// A whole number or a list of them, or nothing. The bounds are for the description alone.
    pub fn one_or_several(
        &mut self,
        field: &str,
        bounds: &RangeInclusive<i64>,
        most: usize,
    ) -> Option<OneOrSeveral> {
        let (least, greatest) = (bounds.start(), bounds.end());
        let number = json!({"type": "integer", "minimum": least, "maximum": greatest});
        let list = json!({"type": "array", "items": number, "minItems": 1, "maxItems": most, "uniqueItems": true});
        self.ask(field, json!({"anyOf": [number, list, {"type": "null"}]}));
        let integer = |value: &Value| value.as_i64().or_else(|| whole(value.as_f64()?));
        let value = self.take(field)?;
        if let Some(number) = integer(&value) {
            return Some(OneOrSeveral::One(number));
        }
        let Value::Array(items) = value else {
            self.wrong_kind(field, "a whole number or a list of them");
            return None;
        };
        let numbers = items.iter().enumerate().map(|(at, item)| {
            let number = integer(item);
            if number.is_none() {
                self.wrong_kind(&format!("{field}[{at}]"), "a whole number");
            }
            number
        });
        Some(OneOrSeveral::Several(numbers.collect()))
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

    fn list(&mut self, field: &str) -> Option<Vec<Value>> {
        let Value::Array(items) = self.take(field)? else {
            self.wrong_kind(field, "a list");
            return None;
        };
        Some(items)
    }

    /// An instant of RFC 3339, or nothing.
    pub fn instant(&mut self, field: &str) -> Option<DateTime<Utc>> {
        self.ask(field, json!({"type": "string", "format": "date-time"}));
        let text = self.text(field)?;
        let instant = time_format::parse(&text);
        if instant.is_none() {
            let message = "must be an instant, such as 2025-10-01T08:30:00Z";
            self.faults.add(field, "not_a_time", message);
        }
        instant
    }

    /// A list of texts, or nothing.
    pub fn texts(&mut self, field: &str) -> Option<Entries<String>> {
        self.ask(field, json!({"type": "array", "items": {"type": "string"}}));
        if self.asked.is_some() {
            return Some(vec![Some(String::new())]);
        }
        let items = self.list(field)?.into_iter().enumerate();
        let texts = items.map(|(at, item)| {
            let Value::String(text) = item else {
                self.wrong_kind(&format!("{field}[{at}]"), "text");
                return None;
            };
            Some(text)
        });
        Some(texts.collect())
    }

    /// An object inside this one, or nothing. Its fields are named relative to it while it is
    /// read; its faults come out with their whole path.
    pub fn object<T>(&mut self, field: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.asked.is_some() {
            let (read, schema) = Self::described(self.null, read);
            self.ask(field, schema);
            return Some(read);
        }
        let value = self.take(field)?;
        self.inner(field, value, self.null, read)
    }

    /// A list of objects inside this one, or nothing. An entry of which `read` makes nothing, having
    /// noted why, keeps its place.
    pub fn objects<T>(
        &mut self,
        field: &str,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Entries<T>> {
        if self.asked.is_some() {
            let (read, schema) = Self::described(Null::Absent, read);
            self.ask(field, json!({"type": "array", "items": schema}));
            return Some(vec![read]);
        }
        let items = self.list(field)?.into_iter().enumerate();
        let entries = items.map(|(at, item)| {
            // An entry of a list is whole: there is nothing that it is merged into.
            let path = format!("{field}[{at}]");
            self.inner(&path, item, Null::Absent, &mut read).flatten()
        });
        Some(entries.collect())
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
        if let Err(faults) = inner.check(Some(())) {
            self.faults
                .extend(faults.into_iter().map(|field_error| FieldError {
                    field: format!("{path}.{}", field_error.field),
                    ..field_error
                }));
        }
        Some(read)
    }

    /// What was read, if nothing was wrong with it.
    ///
    /// # Errors
    /// 422 with every fault, unknown fields among them.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        self.check(read).map_err(Problem::invalid)
    }

    /// What is wrong with it after it was read, unknown fields among that.
    pub(crate) fn into_faults(self) -> Vec<FieldError> {
        self.check(Some(())).err().unwrap_or_default()
    }

    fn check<T>(mut self, read: Option<T>) -> Result<T, Vec<FieldError>> {
        for field in self.fields.keys() {
            self.faults
                .add(field, "unknown_field", "is not a field that is known here");
        }
        self.faults.finish(read).map_err(without_echoes)
    }
}

/// The whole number that this is, such as 57 of `57.0`: JSON does not tell the two apart.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && number.abs() <= EXACT;
    is_whole.then(|| format!("{number:.0}").parse().ok())?
}

/// A field of the wrong kind reads as absent: that it is needed then goes without saying.
fn without_echoes(faults: Vec<FieldError>) -> Vec<FieldError> {
    let wrong: Vec<String> = faults
        .iter()
        .filter(|field_error| field_error.code != "required")
        .map(|field_error| field_error.field.clone())
        .collect();
    faults
        .into_iter()
        .filter(|field_error| field_error.code != "required" || !wrong.contains(&field_error.field))
        .collect()
}

#[cfg(test)]
mod tests;
