//! Loads the content of a notification at delivery.

mod store;

pub use store::{load, load_all};
