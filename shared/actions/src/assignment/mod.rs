//! The use cases of assignment, and the only way in which an agent is claimed.
//!
//! Races:
//! - Two tickets choose the same agent. Each locks the agent's row and counts again under the lock; it chooses
//!   again when another agent is the best by then. So no agent exceeds the limit. An agent whose row is locked is
//!   skipped for an equally suitable one, and waited for only when there is none.
//! - A new ticket finds free capacity before an older ticket does. It assigns the older ticket instead.
//!
//! Locks are taken ticket first, agent second, and one agent at a time, so that no deadlock is possible. The
//! older ticket is locked only if no other transaction has locked it.
//!
//! `store`, `unassigned_queue`, `reading` and `claim` know no actions of tickets; `give`, `automatic` and `queue`
//! are above those.

mod automatic;
mod claim;
mod give;
mod queue;
mod reading;
pub(crate) mod store;
mod unassigned_queue;

pub use automatic::assign_automatically;
pub use claim::{FreeCapacity, RosterCache};
pub(crate) use claim::{claim_for_escalation, lock_active_agent, may_take_back};
pub use queue::{assign_to_available_agent, assign_waiting};
