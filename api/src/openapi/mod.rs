//! The OpenAPI 3.1 document of the API, generated from the code that it describes: request bodies and queries
//! from the functions that read them, responses from the types that are serialised, paths from the table of
//! routes.

mod access;
mod codes;
mod components;
mod document;
mod example;
mod examples;
mod failures;
mod headers;
mod operation;
#[cfg(test)]
mod presence_tests;
mod reader;
mod resource;
mod response_part;
mod responses;
mod route;
mod tags;

pub use access::Access;
pub use codes::Codes;
pub use document::document;
pub use example::{Example, ExampleStage};
pub use operation::Operation;
pub use resource::Resource;
pub use route::{Repeats, Route, Routes};
