//! Answers that are kept for a day under the key of their request. The key is locked first, and
//! the answer written in the transaction of the work itself, so that both are there or neither.

pub mod store;

use chrono::TimeDelta;
use domain::json::Json;

/// How long a repeat gets the first answer.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// Whose request it is, and what the caller calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asks.
    pub caller: String,
    /// The key that came with the request.
    pub key: String,
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Tells the request apart from others: SHA-256.
    pub fingerprint: Vec<u8>,
    /// Its status.
    pub status: i16,
    /// Its headers.
    pub headers: Json<Vec<(String, String)>>,
    /// Its body, byte for byte.
    pub body: Vec<u8>,
}
