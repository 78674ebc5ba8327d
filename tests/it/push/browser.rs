//! A browser: its keys, and how it decrypts. Written after RFC 8188 and RFC 8291 with libraries of their own, so that the
//! agreement and the derivation share nothing with the code under test.

use super::PushService;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToEncodedPoint};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A browser that is subscribed at a push service.
#[derive(Clone)]
pub struct Browser {
    pub endpoint: String,
    secret: SecretKey,
    auth: [u8; 16],
}

impl Browser {
    /// The browser of that name at a push service. Its keys follow from the name.
    pub fn new(service: &PushService, name: &str) -> Self {
        let seed = Sha256::digest(name);
        let browser = Self {
            endpoint: format!("{}/send/{name}", service.origin),
            secret: SecretKey::from_slice(&seed).unwrap(),
            auth: seed[..16].try_into().unwrap(),
        };
        service.knows(name, browser.clone());
        browser
    }

    /// What `PushSubscription.toJSON()` returns.
    pub fn subscription(&self) -> Value {
        json!({
            "endpoint": self.endpoint,
            "expirationTime": null,
            "keys": {
                "p256dh": URL_SAFE_NO_PAD.encode(self.point()),
                "auth": URL_SAFE_NO_PAD.encode(self.auth),
            },
        })
    }

    fn point(&self) -> Vec<u8> {
        let public = self.secret.public_key();
        public.to_encoded_point(false).as_bytes().to_vec()
    }

    /// The text of a body; `None` if it is not encrypted for this browser.
    pub fn decrypts(&self, body: &[u8]) -> Option<String> {
        let (header, record) = body.split_at_checked(86)?;
        let (salt, theirs) = (&header[..16], &header[21..]);
        let size = u32::from_be_bytes(header[16..20].try_into().ok()?);
        if header[20] != 65 || usize::try_from(size).ok()? < record.len() {
            return None;
        }
        let public = PublicKey::from_sec1_bytes(theirs).ok()?;
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), public.as_affine());
        let info = [b"WebPush: info\0", &self.point()[..], theirs].concat();
        let material = derived(&self.auth, shared.raw_secret_bytes(), &info, 32);
        let key = derived(salt, &material, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = derived(salt, &material, b"Content-Encoding: nonce\0", 12);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(&nonce).ok()?;
        let mut record = record.to_vec();
        let text = key.open_in_place(nonce, Aad::empty(), &mut record).ok()?;
        // Padding of zeros may follow the delimiter of the last record.
        let end = text.iter().rposition(|byte| *byte != 0)?;
        (text[end] == 2).then(|| String::from_utf8(text[..end].to_vec()).unwrap())
    }
}

/// HKDF (RFC 5869) for one block.
fn derived(salt: &[u8], material: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let hmac = |key: &[u8], text: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    };
    let extracted = hmac(salt, material);
    hmac(&extracted, &[info, &[1]].concat())[..length].to_vec()
}
