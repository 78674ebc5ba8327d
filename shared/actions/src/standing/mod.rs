//! Metrics for Prometheus: the counters of this process ([`platform::metrics`]), and the state of queues, deadlines,
//! processes and open tickets, which scrapes read from the database.

mod age;
mod backlog;
mod found;
mod labels;
mod queues;
mod scrape;
mod store;

pub use scrape::{CONTENT_TYPE, Recent, scrape};
