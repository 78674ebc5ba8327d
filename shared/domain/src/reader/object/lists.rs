//! Lists inside of an object: numbers, texts and objects. An entry with an error keeps its place.

use super::{Null, ObjectReader, whole};
use crate::field_error::Entries;
use serde_json::{Value, json};

/// A number or a list of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrSeveral {
    /// A number.
    One(i64),
    /// A list.
    Several(Entries<i64>),
}

impl ObjectReader {
    /// A whole number or a list of them, or nothing. `schema` describes both.
    pub fn one_or_several(
        &mut self,
        field: &str,
        schema: impl FnOnce() -> Value,
    ) -> Option<OneOrSeveral> {
        if self.asked.is_some() {
            self.ask(field, schema());
        }
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

    fn list(&mut self, field: &str) -> Option<Vec<Value>> {
        let Value::Array(items) = self.take(field)? else {
            self.wrong_kind(field, "a list");
            return None;
        };
        Some(items)
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

    /// A list of objects inside this one, or nothing. An entry that `read` refuses, having noted why,
    /// keeps its place.
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

    /// As [`ObjectReader::objects`], of at most so many entries.
    pub fn objects_at_most<T>(
        &mut self,
        field: &str,
        most: usize,
        read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Entries<T> {
        // Before the entries: the error of the list comes before theirs.
        self.errors.entries(field, self.length(field), most);
        self.objects(field, read).unwrap_or_default()
    }
}
