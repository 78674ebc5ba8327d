//! The token of a link in a mail about an account. It names an event, under a keyed hash of 256
//! bits that holds the event's kind as well: a link that confirms an address resets no password.
//! It is computed whenever the mail is written, and stored nowhere. Pure.

use crate::people::AccountEventKind;
use crate::{ids::AccountEventId, keyed};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::SecretString;
use sha2::Sha256;

const EVENT: usize = 16;
const TAG: usize = 32;

/// The token for the link of an event.
#[must_use]
pub fn link(secret: &SecretString, kind: AccountEventKind, event: AccountEventId) -> String {
    let mut bytes = Vec::with_capacity(EVENT + TAG);
    bytes.extend_from_slice(event.0.as_bytes());
    bytes.extend_from_slice(
        &mac(secret, kind, event.0.as_bytes())
            .finalize()
            .into_bytes(),
    );
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The event of a valid token of that kind, else `None`. While the secret is being changed, tokens of the
/// previous secret are valid as well.
#[must_use]
pub fn named(
    secrets: &[&SecretString],
    kind: AccountEventKind,
    token: &str,
) -> Option<AccountEventId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    if bytes.len() != EVENT + TAG {
        return None;
    }
    let (event, tag) = bytes.split_at_checked(EVENT)?;
    secrets
        .iter()
        // In constant time: how much of a guess was right must not show.
        .any(|secret| mac(secret, kind, event).verify_slice(tag).is_ok())
        .then(|| uuid::Uuid::from_slice(event).ok().map(AccountEventId))
        .flatten()
}

fn mac(secret: &SecretString, kind: AccountEventKind, event: &[u8]) -> Hmac<Sha256> {
    keyed::mac(secret, kind.as_str().as_bytes(), event)
}

#[cfg(test)]
mod tests;
