//! Keyed hashes (HMAC-SHA256, RFC 2104) for links that only we can have made: nothing of them is
//! kept, and each purpose has a key of its own, so that one link is never taken for another. Pure.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The hash over a claim under the key of a purpose.
#[must_use]
pub fn mac(secret: &SecretString, purpose: &[u8], claim: &[u8]) -> Hmac<Sha256> {
    let mut key = keyed(secret.expose_secret().as_bytes());
    key.update(purpose);
    let mut mac = keyed(&key.finalize().into_bytes());
    mac.update(claim);
    mac
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of every length")
}
