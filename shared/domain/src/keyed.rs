//! Keyed hashes (HMAC-SHA256, RFC 2104) for signed links. No link is stored. Each purpose has a key
//! derived from the secret, so that a link for one purpose is never valid for another. Pure.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The hash of a claim, under the key that is derived from the secret for a purpose.
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
