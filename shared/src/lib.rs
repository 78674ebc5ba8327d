//! Everything that more than one role needs: the rules of the domain, its stores, its actions,
//! the ledger of jobs, configuration, clock and ids.
//!
//! `docs/ARCHITECTURE.md` has the map. A folder is a noun; in each, pure files hold the rules,
//! `store.rs` the SQL, `actions/` the use cases that open the two together.

pub mod actor;
pub mod assignment;
pub mod attachments;
pub mod channel;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod error;
pub mod error_chain;
pub mod fault;
pub mod health;
pub mod id_source;
pub mod idempotency;
pub mod ids;
pub mod installation;
pub mod job_list;
pub mod jobs;
pub mod json;
pub mod keyed;
pub mod metrics;
pub mod migrate;
pub mod notifications;
pub mod paging;
pub mod people;
pub mod presence;
pub mod process;
pub mod queue;
pub mod redis_link;
pub mod schedules;
pub mod servers;
pub mod sla;
pub mod standing;
pub mod stats;
pub mod telemetry;
pub mod tickets;
pub mod time_format;
pub mod trace;
pub mod work;

mod text_enum;

/// The schema, from the first migration to the last.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");
