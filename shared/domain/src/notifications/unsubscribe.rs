//! The token of a link that switches off a kind of mail without a login (RFC 8058). It names a person and a kind. Pure.
//!
//! No token is stored: it contains what it names with a keyed hash (HMAC-SHA256, RFC 2104, truncated to 128 bits as its
//! section 5 allows). It does not expire: a mail is refused whenever its reader is tired of it.

use crate::{ids::UserId, keyed, notifications::Template};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use secrecy::SecretString;
use sha2::Sha256;

const PERSON: usize = 16;
const TAG: usize = 16;

/// What a link switches off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Mails of one kind.
    Kind(Template),
    /// All mails that can be refused: the link of a digest.
    EveryKind,
}

/// The token for a person.
#[must_use]
pub fn token(secret: &SecretString, person: UserId, refused: Refused) -> String {
    let kind = match refused {
        Refused::Kind(template) => template.as_str(),
        Refused::EveryKind => "",
    };
    let claim = [person.0.as_bytes().as_slice(), kind.as_bytes()].concat();
    let tag = mac(secret, &claim).finalize().into_bytes();
    let bytes: Vec<u8> = claim.into_iter().chain(tag.into_iter().take(TAG)).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a valid token names; `None` for any other text.
#[must_use]
pub fn verify(secret: &SecretString, token: &str) -> Option<(UserId, Refused)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (claim, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG)?)?;
    // Constant time: the duration must not show how much of a guess was right.
    mac(secret, claim).verify_truncated_left(tag).ok()?;
    let (person, kind) = claim.split_at_checked(PERSON)?;
    let person = UserId(uuid::Uuid::from_slice(person).ok()?);
    let refused = match std::str::from_utf8(kind).ok()? {
        "" => Refused::EveryKind,
        kind => Refused::Kind(kind.parse().ok()?),
    };
    Some((person, refused))
}

/// A separate key, derived from the secret, so that no other token is valid here.
fn mac(secret: &SecretString, claim: &[u8]) -> Hmac<Sha256> {
    keyed::mac(secret, b"unsubscribe", claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_a_person_and_a_kind_and_cannot_be_made_up() {
        let secret = SecretString::from("a secret that is long enough for this test");
        let person = UserId(uuid::Uuid::from_u128(7));
        for refused in [Refused::Kind(Template::SlaBreached), Refused::EveryKind] {
            let token = token(&secret, person, refused);
            assert_eq!(verify(&secret, &token), Some((person, refused)));
            let other = SecretString::from("another secret that is long enough as well");
            assert_eq!(verify(&other, &token), None);
            let mut changed = token.into_bytes();
            changed[5] ^= 1;
            assert_eq!(
                verify(&secret, std::str::from_utf8(&changed).unwrap()),
                None
            );
        }
        for text in ["", "a", "!", &"a".repeat(200)] {
            assert_eq!(verify(&secret, text), None, "{text}");
        }
    }
}
