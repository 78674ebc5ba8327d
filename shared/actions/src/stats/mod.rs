//! What is done with statistics: they are brought up to date, and read.

mod performance;
mod read;
mod roll_up;
mod store;

pub use performance::performance_today;
pub use read::stats;
pub use roll_up::roll_up;
pub use store::{differences, mark_dirty};
