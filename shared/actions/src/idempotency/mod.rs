//! Responses that are stored for a day under the `Idempotency-Key` of their request. The key is locked first. The
//! response is stored in the transaction of the work itself, so that both are committed or neither is.

pub mod store;

use chrono::TimeDelta;
use domain::json::Json;

/// How long a repeated request gets the first response.
pub const KEPT_FOR: TimeDelta = TimeDelta::hours(24);

/// The key of a request, which belongs to its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The caller: the person and the role.
    pub caller: String,
    /// The `Idempotency-Key` header.
    pub key: String,
}

/// A stored response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// SHA-256 of the request, by which a different request with the same key is found.
    pub fingerprint: Vec<u8>,
    /// The status code.
    pub status: i16,
    /// The headers.
    pub headers: Json<Vec<(String, String)>>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}
