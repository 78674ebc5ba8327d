//! How the system stands, as text for Prometheus: what this process counted ([`platform::metrics`]), and how the queues,
//! the deadlines and the other processes stand, which the database is asked when somebody looks.

mod found;
mod labels;
mod queues;
mod scrape;
mod store;

pub use scrape::{CONTENT_TYPE, Recent, scrape};
