//! The use cases of tickets, a file each. Every one has the same steps: `load` checks the permission and locks
//! the row, a method of [`domain::tickets::TicketChange`] decides, `save` writes the ticket, its history and the
//! jobs that follow.

mod assign;
mod auto_close;
mod backfill_index;
mod close;
mod edit;
mod escalate;
mod escalation_rule;
mod find_attachment;
pub mod list;
mod load;
pub mod mentions;
mod open;
mod policy;
mod priority;
mod rate;
mod reactions;
pub mod read;
mod redact;
mod refusal;
mod release;
mod reopen;
mod reply;
mod save;
pub mod search;
mod status;
pub(crate) mod store;
mod sweep_sla;
mod target;

pub use assign::{AssignTo, Capacity, assign};
pub use auto_close::{AutoClosed, auto_close};
pub use backfill_index::{backfill_index, index_stale};
pub use close::{close, close_by_customer};
pub use edit::edit;
pub use escalate::{EscalateTo, escalate};
pub use find_attachment::find_attachment;
pub use load::person;
pub(crate) use load::{load, load_for_system};
pub use open::open;
pub use priority::set_priority;
pub use rate::{rate, rate_by_survey};
pub use redact::{may_redact, redact};
pub use release::{Release, release, release_of_offline};
pub use reopen::reopen;
pub use reply::{may_write, reply};
pub(crate) use save::{SaveMode, save};
pub use status::set_status;
pub use sweep_sla::{SlaSwept, next_deadline, sweep_sla};
pub use target::{ExpectedVersion, Target};
