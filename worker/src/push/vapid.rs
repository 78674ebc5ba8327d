//! How we introduce ourselves to a push service: VAPID (RFC 8292). A token is kept for its service, so that not every
//! message is signed.

use super::jwt;
use actions::push::VapidKeys;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The lifetime of a token: half of what the RFC allows.
const LIFETIME: TimeDelta = TimeDelta::hours(12);
/// A token is made anew when it has less than this left: clocks differ.
const LEFT: TimeDelta = TimeDelta::hours(1);
/// The most tokens that are kept. Users give the addresses, so that there may be any number.
const MOST_KEPT: usize = 1_000;

/// The tokens by service and public key.
#[derive(Debug)]
pub struct Vapid {
    contact: String,
    kept: Mutex<HashMap<Signed, Authorization>>,
}

/// A service, and the public key that signs.
type Signed = (String, String);
/// The header, and when its token expires.
type Authorization = (String, DateTime<Utc>);

impl Vapid {
    /// No tokens yet. The contact is the `sub` of each.
    pub fn new(contact: String) -> Self {
        Self {
            contact,
            kept: Mutex::default(),
        }
    }

    /// The `Authorization` for a service. `None`: the system has no randomness.
    pub fn authorization(
        &self,
        keys: &VapidKeys,
        origin: &str,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let public = keys.public_key();
        let of_service = (origin.to_owned(), public.clone());
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((header, expires)) = kept.get(&of_service)
            && *expires - LEFT > now
            // The clock may have been set back: a lifetime of more than a day is refused.
            && *expires - LIFETIME <= now
        {
            return Some(header.clone());
        }
        let expires = now + LIFETIME;
        let claims = json!({"aud": origin, "exp": expires.timestamp(), "sub": self.contact});
        let token = jwt::signed("ES256", &claims, |text| keys.sign(text))?;
        // Without a space after the comma: some libraries do not read it otherwise.
        let header = format!("vapid t={token},k={public}");
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(of_service, (header.clone(), expires));
        Some(header)
    }

    /// Forgets the tokens of a service that refused one.
    pub fn forget(&self, origin: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, _), _| of != origin);
    }
}
