//! Following the event feed: a part of it, with the rights and the looks of the present. How the feed grows is in
//! [`crate::feed`].

mod batch;
mod concerned;
mod store;

pub use batch::{Batch, Details, batch};
pub use concerned::{ConcernedPeople, concerned};
