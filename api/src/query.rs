//! Reads the parameters of a query by name and kind, and gathers every fault on the way. An empty
//! value counts as absent; parameters that nobody asks for are left alone.

use crate::{error::Problem, openapi::Shape};
use axum::http::Uri;
use serde_json::{Value, json};
use shared::fault::{Asks, Fault, Faults, Words};
use std::{ops::RangeInclusive, str::FromStr};

/// A query that is being read.
#[derive(Debug, Default)]
pub struct Query {
    pairs: Vec<(String, String)>,
    faults: Faults,
    /// What was asked for, in order, when it is only told how it is read.
    asked: Option<Shape>,
}

impl Query {
    pub(crate) fn of(uri: &Uri) -> Self {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map(|query| query.0)
            .unwrap_or_default();
        Self {
            pairs,
            ..Self::default()
        }
    }

    /// The parameters that `read` reads, as the properties of a JSON Schema: found by letting it
    /// read.
    pub fn describe<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        let mut query = Self {
            pairs: Vec::new(),
            faults: Faults::describing(),
            asked: Some(Shape::default()),
        };
        read(&mut query);
        let shape = query.asked.unwrap_or_default();
        shape.into_schema(query.faults.into_limits())
    }

    /// What `read` finds wrong with the first of its parameters that cannot be just any text: for
    /// an example.
    pub(crate) fn faults_of<T>(read: impl Fn(&mut Self) -> T) -> Vec<Fault> {
        let described = Self::describe(&read);
        let parameters = described.get("properties").and_then(Value::as_object);
        let faults = |name: &String| {
            let mut query = Self {
                pairs: vec![(name.clone(), "?".to_owned())],
                ..Self::default()
            };
            read(&mut query);
            query.faults.finish(Some(())).err()
        };
        parameters
            .and_then(|all| all.keys().find_map(faults))
            .unwrap_or_default()
    }

    /// Where parsers note what is wrong with values.
    pub fn faults(&mut self) -> &mut Faults {
        &mut self.faults
    }

    /// A value, or nothing. Two values are a fault.
    pub fn text(&mut self, name: &str) -> Option<String> {
        if let Some(asked) = &mut self.asked {
            asked.property(name, json!({"type": "string"}));
        }
        let mut values = self.all(name);
        let value = values.pop();
        if !values.is_empty() {
            self.faults.add(name, "repeated", "must be given once");
        }
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            self.faults
                .add(name, "nul_character", "must not contain the NUL character");
            return None;
        }
        value
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.pairs
            .iter()
            .filter(|(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.clone())
            .collect()
    }

    /// A whole number within bounds, or nothing.
    pub fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let text = self.text(name);
        let (least, most) = (*range.start(), *range.end());
        self.faults.ask(name, Asks::Integer(least, most));
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
    pub fn word<T: Words>(&mut self, name: &str) -> Option<T> {
        let word = self.text(name);
        self.faults.word(name, word.as_deref())
    }

    /// Any of an enum's words, separated by commas; none when the parameter is absent.
    pub fn words<T: Words>(&mut self, name: &str) -> Vec<T> {
        let text = self.text(name);
        self.faults.ask(name, Asks::AnyOf(T::words()));
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
    /// 400 with every fault.
    pub fn read<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Result<T, Problem> {
        let read = read(&mut self);
        self.finish(read)
    }

    /// What was read, if nothing was wrong with it.
    ///
    /// # Errors
    /// 400 with every fault.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        self.faults.finish(read).map_err(Problem::bad_query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::tickets::Status;

    fn query(text: &str) -> Query {
        Query::of(&format!("/x?{text}").parse().unwrap())
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
    fn every_fault_of_a_query_is_a_bad_request() {
        let mut query = query("status=open,asleep&page=0&limit=x&q=1&q=2&agent=me");
        query.words::<Status>("status");
        query.integer("page", 1..=10);
        query.integer("limit", 1..=100);
        query.text("q");
        query.id::<shared::ids::UserId>("agent");
        let faults = query.faults.finish(Some(())).unwrap_err();
        let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["status", "page", "limit", "q", "agent"]);
    }
}
