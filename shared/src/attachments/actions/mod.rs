//! The use cases of uploads.

mod attach;
mod find;
mod keep;
mod prune;

pub use attach::attach;
pub use find::find;
pub use keep::{announce, keep};
pub use prune::prune;
