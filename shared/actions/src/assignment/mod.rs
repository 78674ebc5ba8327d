//! The use cases of assignment, and the one way in which an agent is claimed.
//!
//! Races. Two tickets may choose the same agent at once: each takes the agent's row lock, counts
//! again under it, and chooses anew when somebody else is the right one by then, so that nobody
//! passes the limit. Who is being claimed is passed by for an equal, and waited for only when
//! there is none. A new ticket may find a free place before the one that has waited for it: it
//! gives that one its turn. Locks are taken ticket first, agent second, and one agent at a time, so
//! that there is no circle to wait in; the ticket that is first in line is locked only if nobody has it.

mod automatic;
mod claim;
mod queue;
mod reading;
pub(crate) mod store;

pub use automatic::assign_automatically;
pub use claim::{FreeCapacity, RosterCache};
pub(crate) use claim::{claim_for_escalation, lock_active_agent, may_take_back};
pub use queue::{assign_to_available_agent, assign_waiting};
