//! People in short: the name, address and role that are shown with tickets and messages.

mod store;

pub use store::{Named, find, names};
