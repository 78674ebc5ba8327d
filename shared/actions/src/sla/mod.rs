//! The use cases of service levels: the policies, and the rows of the clocks.

mod policies;
pub(crate) mod store;

pub(crate) use policies::policy_for;
pub use policies::{policies, replace_policies};
