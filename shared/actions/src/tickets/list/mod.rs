//! Lists of tickets: what a caller may ask for, parsed, and the page that answers it.

mod store;

pub use store::{COUNTED, Dashboard, Page, dashboard, page};
