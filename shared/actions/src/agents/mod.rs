//! Agents as possible assignees: their rosters, their capacity, and the only way in which an agent is claimed.
//! Nothing here knows the actions of tickets, which are above it.
//!
//! Race: two tickets choose the same agent. Each locks the agent's row and counts again under the lock; it chooses
//! again when another agent is the best by then. So no agent exceeds the limit. An agent whose row is locked is
//! skipped for an equally suitable one, and waited for only when there is none.
//!
//! Locks are taken ticket first, agent second, and one agent at a time, so that no deadlock is possible.

mod capacity;
mod claim;
mod next_level;
pub(crate) mod rosters;
pub(crate) mod store;

pub use capacity::FreeCapacity;
pub(crate) use capacity::{lock_active_agent, may_take_back};
pub(crate) use claim::claim;
pub use next_level::RosterCache;
pub(crate) use next_level::claim_for_escalation;
