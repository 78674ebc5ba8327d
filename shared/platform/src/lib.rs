//! The foundation of every process: configuration, database, clock, ids, telemetry, metrics,
//! presence, migrations and the unit of work. It knows no use case.

pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod error_chain;
pub mod feed_signal;
pub mod files;
pub mod health;
pub mod id_source;
pub mod metrics;
pub mod migrate;
pub mod outbound;
pub mod presence;
pub mod process;
pub mod reach;
pub mod redis_link;
pub mod redis_subscription;
pub mod telemetry;
pub mod trace;
pub mod work;

/// All migrations, in order.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
