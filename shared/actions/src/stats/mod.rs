//! The use cases of statistics: the roll-up of aggregates, and reading them.

mod performance;
mod read;
mod roll_up;
mod store;

pub use performance::performance_today;
pub use read::stats;
pub use roll_up::roll_up;
pub use store::{differences, mark_dirty};
