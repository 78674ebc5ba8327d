//! The event feed: every committed change, in one order, for everybody who may see it. Pure.

mod model;
mod sight;

pub use model::{FeedChange, FeedEntry, FeedKind, FeedPosition};
pub use sight::{Concerned, Sight, sight};
