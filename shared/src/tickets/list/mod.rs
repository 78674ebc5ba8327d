//! Lists of tickets: what a caller may ask for, parsed, and the page that answers it.

mod filter;
mod store;

pub use filter::{Assignee, Filter, Order, Paging, Position, RawFilter, SlaFilter, SortKey, Start};
pub use store::{COUNTED, Dashboard, Page, dashboard, page};
