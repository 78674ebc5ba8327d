//! The rules of the help desk, pure: tickets, service levels, assignment, people, notifications, input and its field errors.
//! Nothing here uses a database, a runtime, a clock or randomness: instants and random bytes are parameters.
//! The feature `sqlx` adds only how a type is stored in a column.

pub mod actor;
pub mod assignment;
pub mod attachments;
pub mod category;
pub mod channel;
mod constraint;
pub mod feed;
pub mod field_error;
pub mod ids;
pub mod json;
pub mod keyed;
pub mod live_event;
pub mod local_day;
pub mod notifications;
pub mod paging;
pub mod people;
pub mod push;
pub mod queue;
pub mod reader;
pub mod sla;
pub mod sms;
pub mod stats;
pub mod status;
pub mod template;
mod text_enum;
pub mod tickets;
pub mod time_format;
pub mod watching;
pub mod webhooks;

/// Only for the macros of this crate.
#[cfg(feature = "sqlx")]
#[doc(hidden)]
pub use sqlx;
