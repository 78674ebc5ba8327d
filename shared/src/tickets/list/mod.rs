//! Lists of tickets: what a caller may ask for, parsed, and the page that answers it.

mod filter;
mod place;
mod store;

pub use filter::{Assignee, Filter, RawFilter, SlaFilter};
pub use place::{Order, Paging, Position, SortKey, Start};
pub use store::{COUNTED, Dashboard, Page, dashboard, page};
