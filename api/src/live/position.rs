//! Positions in the feed as clients see them. A bare number would show everybody how much happens on the whole desk.
//! So a position is sealed (AES-256-GCM under a key that is derived from `JWT_SECRET`, with a random nonce): it says
//! nothing, and two of the same place differ.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{feed::FeedPosition, keyed};
use hmac::Mac;
use platform::{config::Auth, id_source::IdSource};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::SecretString;

/// Seals positions, and opens them again.
pub(crate) struct Seal {
    sealing: LessSafeKey,
    /// The first seals; those of a previous secret only open.
    opening: Vec<LessSafeKey>,
}

impl Seal {
    /// The seal of this installation. Positions that were sealed under the previous secret can be opened as well.
    pub fn new(auth: &Auth) -> Self {
        let secrets = std::iter::once(&auth.jwt_secret).chain(&auth.previous_jwt_secret);
        Self {
            sealing: key(&auth.jwt_secret),
            opening: secrets.map(key).collect(),
        }
    }

    /// A position for a client: 48 characters that are safe in URLs.
    pub fn seal(&self, position: FeedPosition, ids: &IdSource) -> String {
        let random: [u8; 16] = ids.bytes();
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(random.split_at(NONCE_LEN).0);
        let mut sealed = nonce.to_vec();
        let mut text = position.0.to_be_bytes();
        let nonce = Nonce::assume_unique_for_key(nonce);
        // Only a text of gigabytes cannot be sealed.
        if let Ok(tag) = self
            .sealing
            .seal_in_place_separate_tag(nonce, Aad::empty(), &mut text)
        {
            sealed.extend_from_slice(&text);
            sealed.extend_from_slice(tag.as_ref());
        }
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The position; `None` for a text that was not sealed here.
    pub fn open(&self, sealed: &str) -> Option<FeedPosition> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        self.opening.iter().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut sealed = sealed.to_vec();
            let text = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
            let text = <[u8; 8]>::try_from(&*text).ok()?;
            Some(FeedPosition(i64::from_be_bytes(text)))
        })
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC-SHA256 gives the 32 bytes of the key"
)]
fn key(secret: &SecretString) -> LessSafeKey {
    let bytes = keyed::mac(secret, b"feed position", b"")
        .finalize()
        .into_bytes();
    let key = UnboundKey::new(&AES_256_GCM, &bytes).expect("the key has 32 bytes");
    LessSafeKey::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(secret: &str, previous: Option<&str>) -> Auth {
        let settings = platform::config::Settings::load(|name| match name {
            "DATABASE_URL" => Some("postgres://127.0.0.1:1/none".to_owned()),
            "REDIS_URL" => Some("redis://127.0.0.1:1".to_owned()),
            "JWT_SECRET" => Some(secret.to_owned()),
            "JWT_SECRET_PREVIOUS" => previous.map(str::to_owned),
            _ => None,
        });
        platform::config::Config::read(&settings.unwrap())
            .unwrap()
            .auth
    }

    const OLD: &str = "0123456789012345678901234567890123456789";
    const NEW: &str = "abcdefghijklmnopqrstuvwxyzabcdefghijklmn";

    #[test]
    fn a_position_comes_back_and_says_nothing() {
        let (seal, ids) = (Seal::new(&auth(OLD, None)), IdSource::seeded([1; 32]));
        let position = FeedPosition(1_759_305_600_000_000);
        let sealed = seal.seal(position, &ids);
        assert_eq!(sealed.len(), 48);
        assert_eq!(seal.open(&sealed), Some(position));
        assert_ne!(
            seal.seal(position, &ids),
            sealed,
            "the place cannot be compared"
        );
    }

    #[test]
    fn other_texts_are_no_positions() {
        let (seal, ids) = (Seal::new(&auth(OLD, None)), IdSource::seeded([1; 32]));
        let mut changed = seal.seal(FeedPosition(7), &ids).into_bytes();
        changed[20] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        let long = "A".repeat(100);
        for text in ["", "7", "AAAA", "%%%", &changed, &long] {
            assert_eq!(seal.open(text), None, "{text}");
        }
    }

    #[test]
    fn a_position_outlives_a_change_of_the_secret() {
        let ids = IdSource::seeded([1; 32]);
        let sealed = Seal::new(&auth(OLD, None)).seal(FeedPosition(7), &ids);
        assert_eq!(
            Seal::new(&auth(NEW, Some(OLD))).open(&sealed),
            Some(FeedPosition(7))
        );
        assert_eq!(Seal::new(&auth(NEW, None)).open(&sealed), None);
    }
}
