//! The use cases of uploads.

mod attach;
mod find;
mod keep;
mod mark_deleted;
mod prune;
mod store;

pub use attach::attach;
pub use find::find;
pub use keep::{announce, keep};
pub use mark_deleted::mark_deleted_with_message;
pub use prune::prune;
