//! The document of the API (OpenAPI 3.1), written by the code that it describes: bodies and queries
//! by the functions that read them, answers by the types that are serialised, paths by the table
//! of routes.

mod answers;
mod codes;
mod document;
mod example;
mod failures;
mod headers;
mod operation;
mod page;
mod part;
#[cfg(test)]
mod presence_tests;
mod reader;
mod resource;
mod route;
mod who;

pub use codes::Codes;
pub use document::document;
pub use example::{Example, ExampleStage};
pub use operation::Operation;
pub use page::page;
pub use resource::Resource;
pub use route::{Repeats, Route, Routes};
pub use who::Access;
