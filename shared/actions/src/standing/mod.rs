//! Metrics for Prometheus: the counters of this process ([`platform::metrics`]), and the state of queues, deadlines
//! and processes, which each scrape reads from the database.

mod age;
mod found;
mod labels;
mod queues;
mod scrape;
mod store;

pub use scrape::{CONTENT_TYPE, Recent, scrape};
