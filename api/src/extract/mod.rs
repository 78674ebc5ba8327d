//! The input of a request: the id in its path, its query, its body. The extractors refuse no request,
//! so that a handler keeps the order of checks: first whether the resource exists for this caller (404), then the
//! errors of the query (400) and of the body (413, 415, 400, 422). [`crate::query`] has the query.

mod if_match;
mod path;
mod payload;

pub use if_match::IfMatch;
pub use path::{InnerId, PathId};
pub use payload::{BODY_LIMIT, Payload};
pub(crate) use payload::{is_json, refused};
