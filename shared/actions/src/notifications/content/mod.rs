//! What a notification tells, as it is at the moment of sending. Pure but for `store`.

mod store;

pub use store::load;
