//! The use cases of service levels: policies, and the sweep that finds warnings and breaches.

mod policies;
pub(crate) mod store;
mod sweep;

pub(crate) use policies::policy_for;
pub use policies::{policies, replace_policies};
pub use sweep::{SlaSwept, next_deadline, sweep};
