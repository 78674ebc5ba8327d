//! People in short: what is shown of them beside something else.

mod store;

pub use store::{Named, find, names};
