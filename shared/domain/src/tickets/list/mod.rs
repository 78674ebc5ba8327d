//! Lists of tickets: what a caller may ask for, parsed, and the page that answers it.

pub mod filter;
pub mod place;

pub use filter::{Assignee, Filter, SlaFilter};
pub use place::{Order, Paging, Position, SortKey, Start};
