//! The use cases of assignment, and the one way in which an agent is claimed.
//!
//! Races. Two tickets may choose the same agent at once: each takes the agent's row lock, counts
//! again under it, and chooses anew when there is no room left, so that nobody passes the limit.
//! Locks are taken ticket first, agent second, and one agent at a time, so that there is no
//! circle to wait in.

mod automatic;
mod claim;

pub use automatic::{assign_automatically, assign_waiting, fill_agent};
pub use claim::Room;
pub(crate) use claim::{claim_for_escalation, lock_active_agent, may_take_back};
