//! The token of a survey link. It names a ticket and one of its resolutions, and allows the reader of
//! the mail to rate that resolution without a login. Pure.
//!
//! No token is stored: it contains ticket and cycle with a keyed hash (HMAC-SHA256, RFC 2104, truncated to
//! 128 bits as its section 5 allows). A token can be used once, since a resolution is rated once.

use crate::{ids::TicketId, keyed};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::SecretString;
use sha2::Sha256;

const TICKET: usize = 16;
const CYCLE: usize = 4;
const TAG: usize = 16;

/// The token for a resolution of a ticket. `cycle` is how often the ticket had been reopened when it was
/// closed.
#[must_use]
pub fn token(secret: &SecretString, ticket: TicketId, cycle: i32) -> String {
    let mut bytes = Vec::with_capacity(TICKET + CYCLE + TAG);
    bytes.extend_from_slice(ticket.0.as_bytes());
    bytes.extend_from_slice(&cycle.to_be_bytes());
    let tag = mac(secret, &bytes).finalize().into_bytes();
    bytes.extend(tag.into_iter().take(TAG));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The ticket and the cycle of a valid token; `None` for any other text.
#[must_use]
pub fn verify(secret: &SecretString, token: &str) -> Option<(TicketId, i32)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    if bytes.len() != TICKET + CYCLE + TAG {
        return None;
    }
    let (claim, tag) = bytes.split_at_checked(TICKET + CYCLE)?;
    // Constant time: the duration must not show how much of a guess was right.
    mac(secret, claim).verify_truncated_left(tag).ok()?;
    let (ticket, cycle) = claim.split_at_checked(TICKET)?;
    let ticket = uuid::Uuid::from_slice(ticket).ok()?;
    Some((TicketId(ticket), i32::from_be_bytes(cycle.try_into().ok()?)))
}

/// A separate key, derived from the secret, so that an access token is never a valid survey token.
fn mac(secret: &SecretString, claim: &[u8]) -> Hmac<Sha256> {
    keyed::mac(secret, b"survey", claim)
}

#[cfg(test)]
mod tests;
