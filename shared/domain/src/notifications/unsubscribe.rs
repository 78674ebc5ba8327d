//! The token of a link that switches off a kind of mail without a login (RFC 8058). It names a person and the
//! kinds that the mail told. Pure.
//!
//! No token is stored: it contains what it names with a keyed hash (HMAC-SHA256, RFC 2104, truncated to 128 bits as its
//! section 5 allows). It does not expire: a mail is refused whenever its reader is tired of it.

use crate::{ids::UserId, keyed, notifications::Template};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::SecretString;
use sha2::Sha256;
use std::collections::BTreeSet;

const PERSON: usize = 16;
const TAG: usize = 16;

/// The token for a person and the kinds that the mail told.
#[must_use]
pub fn token(secret: &SecretString, person: UserId, kinds: &BTreeSet<Template>) -> String {
    let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    let claim = [person.0.as_bytes().as_slice(), words.join(",").as_bytes()].concat();
    let tag = mac(secret, &claim).finalize().into_bytes();
    let bytes: Vec<u8> = claim.into_iter().chain(tag.into_iter().take(TAG)).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a valid token names; `None` for any other text. A kind that this release does not know is left out.
#[must_use]
pub fn verify(secret: &SecretString, token: &str) -> Option<(UserId, BTreeSet<Template>)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (claim, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
    // Constant time: the duration must not show how much of a guess was right.
    mac(secret, claim).verify_truncated_left(tag).ok()?;
    let (person, kinds) = claim.split_at_checked(PERSON)?;
    let person = UserId(uuid::Uuid::from_slice(person).ok()?);
    let kinds = std::str::from_utf8(kinds).ok()?.split(',');
    Some((person, kinds.filter_map(|kind| kind.parse().ok()).collect()))
}

/// A separate key, derived from the secret, so that no other token is valid here.
fn mac(secret: &SecretString, claim: &[u8]) -> Hmac<Sha256> {
    keyed::mac(secret, b"unsubscribe", claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_a_person_and_kinds_and_cannot_be_made_up() {
        let secret = SecretString::from("a secret that is long enough for this test");
        let person = UserId(uuid::Uuid::from_u128(7));
        let one = BTreeSet::from([Template::SlaBreached]);
        let several = BTreeSet::from([Template::SlaBreached, Template::WorkAssigned]);
        for kinds in [one, several] {
            let token = token(&secret, person, &kinds);
            assert_eq!(verify(&secret, &token), Some((person, kinds)));
            let other = SecretString::from("another secret that is long enough as well");
            assert_eq!(verify(&other, &token), None);
            let mut changed = token.into_bytes();
            changed[5] ^= 1;
            let changed = std::str::from_utf8(&changed).unwrap();
            assert_eq!(verify(&secret, changed), None);
        }
        for text in ["", "a", "!", &"a".repeat(200)] {
            assert_eq!(verify(&secret, text), None, "{text}");
        }
    }
}
