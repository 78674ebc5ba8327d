//! Readers of input: they take fields by name and kind, and collect every error on the way. One function reads, checks
//! and, when no input is there, describes its input as a JSON Schema: [`ObjectReader`] for JSON, [`QueryReader`] for queries.

pub mod object;
pub mod query;
pub mod shape;

pub use object::{Null, ObjectReader, OneOrSeveral};
pub use query::{NotUtf8, QueryReader};
pub use shape::{Meanings, NAMED, Shape};

use crate::field_error::Name;

/// A field that was read and is checked later, because its errors come after those of other fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent<T> {
    /// The name of the field.
    pub name: Name,
    /// The value; `None` where it is absent or of the wrong kind.
    pub value: Option<T>,
}

impl Sent<String> {
    /// The text; `None` where it is absent or of the wrong kind.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.value.as_deref()
    }
}
