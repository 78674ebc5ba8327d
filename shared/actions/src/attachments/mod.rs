//! The use cases of uploads.

mod attach;
mod give_up;
mod keep;
mod prune;
pub(crate) mod store;

pub use attach::attach;
pub use give_up::mark_deleted_with_message;
pub use keep::{announce, keep};
pub use prune::prune;
