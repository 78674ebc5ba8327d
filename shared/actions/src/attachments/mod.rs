//! The use cases of uploads.

mod attach;
mod find;
mod give_up;
mod keep;
mod prune;
mod store;

pub use attach::attach;
pub use find::find;
pub use give_up::mark_deleted_with_message;
pub use keep::{announce, keep};
pub use prune::prune;
