//! One operation of the document: its purpose, its access, what it reads and its response. The methods
//! that declare an operation are in `declare.rs`.

mod declare;

use super::{
    ExampleStage, Resource,
    access::{Access, OptionalAuth},
    reader::Reader,
    response_part::ResponseBody,
};
use domain::{
    field_error::FieldError,
    reader::{Null, ObjectReader, QueryReader},
};
use serde_json::{Map, Value};

/// The request body that an operation reads.
#[derive(Debug, Clone)]
pub(super) enum RequestBody {
    /// No body.
    Nothing,
    /// A JSON object; for an operation that responds with pages, an HTML form.
    Object(Box<ObjectBody>),
    /// A `multipart/form-data` form with a file in this field.
    File(&'static str),
}

/// An object that an operation reads.
#[derive(Debug, Clone)]
pub(super) struct ObjectBody {
    /// The JSON Schema of the object.
    pub schema: Value,
    reader: Reader<ObjectReader>,
    /// An object that the operation accepts.
    pub example: Value,
    null: Null,
    /// Whether the body is required.
    pub is_needed: bool,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) access: Access,
    pub(super) optional_auth: OptionalAuth,
    pub(super) description: &'static str,
    pub(super) query: Option<(Value, Reader<QueryReader>)>,
    pub(super) request_body: RequestBody,
    pub(super) takes_version: bool,
    pub(super) status: u16,
    pub(super) response_body: ResponseBody,
    pub(super) has_etag: bool,
    pub(super) has_table: bool,
    pub(super) example_stage: ExampleStage,
    pub(super) leads_to: Option<(&'static str, Resource)>,
    pub(super) own_codes: Vec<(u16, &'static str)>,
}

impl Operation {
    /// Who may call the operation.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.access
    }

    /// Whether the operation responds with HTML pages, and reads forms.
    #[must_use]
    pub const fn is_page(&self) -> bool {
        matches!(self.response_body, ResponseBody::Page)
    }

    /// Whether the document shows the operation: it is for programs, and neither a page for people nor an address that a
    /// service was given.
    #[must_use]
    pub const fn is_listed(&self) -> bool {
        !matches!(
            self.response_body,
            ResponseBody::Page | ResponseBody::Nothing
        )
    }

    /// Whether the operation responds with text that is not JSON.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self.response_body, ResponseBody::Text(..))
    }

    /// Whether the operation evaluates `If-Match`.
    #[must_use]
    pub const fn takes_version(&self) -> bool {
        self.takes_version
    }

    /// An example of the request body; `None` where the operation reads none.
    #[must_use]
    pub fn example(&self) -> Option<&Value> {
        self.reads_object().map(|object| &object.example)
    }

    /// The object that the operation reads, if it reads one.
    pub(super) fn reads_object(&self) -> Option<&ObjectBody> {
        match &self.request_body {
            RequestBody::Object(object) => Some(object),
            RequestBody::Nothing | RequestBody::File(_) => None,
        }
    }

    /// The schema of the object that the operation reads, with the parts that have names in their places.
    #[cfg(test)]
    pub(crate) fn body_schema(&self) -> Option<&Value> {
        self.reads_object().map(|object| &object.schema)
    }

    /// The names of the query parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<String> {
        let schema = self.query.as_ref().map(|(schema, _)| schema);
        let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
        properties
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
    }

    /// The field errors that the body reader of the operation finds in these fields. No database is read.
    #[must_use]
    pub fn errors_of_body(&self, fields: Map<String, Value>) -> Vec<FieldError> {
        let object = self.reads_object();
        let null = object.map_or(Null::Absent, |object| object.null);
        let mut reader = ObjectReader::new(fields, null);
        if let Some(object) = object {
            object.reader.read(&mut reader);
        }
        reader.into_errors()
    }

    /// The field errors that the query reader of the operation finds in these parameters. No database is
    /// read.
    #[must_use]
    pub fn errors_of_query(&self, pairs: Vec<(String, String)>) -> Vec<FieldError> {
        let pairs = pairs.into_iter().map(|(name, value)| (name, Ok(value)));
        let mut query = QueryReader::new(pairs.collect());
        if let Some((_, reader)) = &self.query {
            reader.read(&mut query);
        }
        query.into_errors()
    }
}
