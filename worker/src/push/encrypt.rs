//! The encryption of a message for a browser: RFC 8291, with the content coding `aes128gcm` of RFC 8188, in one record.

use domain::push::BrowserKeys;
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Salt},
    rand::SystemRandom,
};

/// The size of a record, which is the largest body that every push service accepts (RFC 8291, section 4).
const RECORD: u32 = 4_096;
/// The bytes of a salt.
pub const SALT: usize = 16;
/// Ends the last record.
const LAST: u8 = 2;

/// The message could not be encrypted: the point of the browser is none, or the system has no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the message could not be encrypted")]
pub struct Unencrypted;

impl From<Unspecified> for Unencrypted {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

/// The number of bytes of a derived key.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Both sides of the encryption.
struct Sides<'a> {
    browser: &'a BrowserKeys,
    /// Our public point, made for this message.
    ours: &'a [u8],
    salt: &'a [u8; SALT],
}

/// Encrypts a message for a browser. The salt must be new for each message.
///
/// # Errors
/// The point of the browser is none, or the system has no randomness.
pub fn encrypt(
    browser: &BrowserKeys,
    salt: &[u8; SALT],
    text: &[u8],
) -> Result<Vec<u8>, Unencrypted> {
    // The library takes randomness from the system only, so that the context's source cannot be used.
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new())?;
    let point = own.compute_public_key()?;
    let sides = Sides {
        browser,
        ours: point.as_ref(),
        salt,
    };
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &browser.p256dh);
    agree_ephemeral(own, &theirs, |shared| seal(&sides, shared, text))?
}

/// Encrypts with a shared secret (RFC 8291, section 3.4).
fn seal(sides: &Sides<'_>, shared: &[u8], text: &[u8]) -> Result<Vec<u8>, Unencrypted> {
    let mut material = [0; 32];
    let info: [&[u8]; 3] = [b"WebPush: info\0", &sides.browser.p256dh, sides.ours];
    Salt::new(HKDF_SHA256, &sides.browser.auth)
        .extract(shared)
        .expand(&info, Length(material.len()))?
        .fill(&mut material)?;
    let derived = Salt::new(HKDF_SHA256, sides.salt).extract(&material);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    let info: [&[u8]; 1] = [b"Content-Encoding: aes128gcm\0"];
    derived.expand(&info, Length(key.len()))?.fill(&mut key)?;
    let info: [&[u8]; 1] = [b"Content-Encoding: nonce\0"];
    derived
        .expand(&info, Length(nonce.len()))?
        .fill(&mut nonce)?;
    let mut record = [text, &[LAST]].concat();
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::empty(),
        &mut record,
    )?;
    let point = u8::try_from(sides.ours.len()).map_err(|_| Unencrypted)?;
    let size = RECORD.to_be_bytes();
    Ok([&sides.salt[..], &size, &[point], sides.ours, &record].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    fn decoded(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn browser() -> BrowserKeys {
        BrowserKeys {
            p256dh: decoded(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        }
    }

    /// RFC 8291, section 5 and appendix A: with its keys our body is the one of the RFC, byte by byte.
    #[test]
    fn the_example_of_the_rfc_is_encrypted_as_there() {
        let browser = browser();
        let ours = decoded(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let salt = decoded("DGv6ra1nlYgDCS1FRnbzlw");
        let shared = decoded("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let sides = Sides {
            browser: &browser,
            ours: &ours,
            salt: &salt.try_into().unwrap(),
        };
        let text = b"When I grow up, I want to be a watermelon";
        let body = seal(&sides, &shared, text).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc\
            InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu\
            lcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn each_message_has_a_key_of_its_own_and_the_length_of_one_record() {
        let one = encrypt(&browser(), &[7; SALT], b"text").unwrap();
        let other = encrypt(&browser(), &[7; SALT], b"text").unwrap();
        assert_ne!(one[21..86], other[21..86]);
        assert_eq!(one.len(), 16 + 4 + 1 + 65 + 4 + 1 + 16);
        assert_eq!(one[16..21], [0, 0, 16, 0, 65]);
    }

    #[test]
    fn what_is_no_point_is_refused() {
        let mut keys = browser();
        keys.p256dh[64] ^= 1;
        assert!(encrypt(&keys, &[7; SALT], b"text").is_err());
    }
}
