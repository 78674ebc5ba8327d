//! Ages in seconds, as gauges. Pure.

use chrono::{DateTime, Utc};
use prometheus_client::metrics::gauge::Gauge;
use std::sync::atomic::AtomicU64;

/// A gauge of seconds.
pub(super) type Seconds = Gauge<f64, AtomicU64>;

/// The seconds from `since` to `now`; 0 without an instant, or with a later one.
pub(super) fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    let age = since.and_then(|since| (now - since).to_std().ok());
    age.unwrap_or_default().as_secs_f64()
}
