//! The key pair of this installation (VAPID, RFC 8292). It is made at first use, and kept for ever: every subscription
//! of a browser is bound to it.
//!
//! The private key is stored as it is, like the secrets of webhooks: we sign with it, so that a hash is not enough. It is
//! not encrypted with a key of the configuration: to change that secret, which is a usual operation, would then end all
//! subscriptions.

use super::store::keys as store;
use crate::error::ActionError;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use platform::context::Context;
use ring::{
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};

/// The key pair. It shows its public key only.
#[derive(Debug)]
pub struct VapidKeys(EcdsaKeyPair);

impl VapidKeys {
    /// The public key in Base64 for URLs: what a browser is given as `applicationServerKey`.
    #[must_use]
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key())
    }

    /// Signs by ES256, in the form of RFC 7518, section 3.4. `None`: the system has no randomness.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.0.sign(&SystemRandom::new(), message).ok()?;
        Some(signature.as_ref().to_vec())
    }

    fn parse(private_key: &[u8]) -> Result<Self, ActionError> {
        let random = SystemRandom::new();
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private_key, &random)
            .map(Self)
            .map_err(|_| ActionError::Internal("the key pair of push messages cannot be read"))
    }
}

/// The key pair, which the first call makes.
///
/// # Errors
/// The stored key cannot be read; the system has no randomness; the database failed.
pub async fn vapid_keys(cx: &Context) -> Result<VapidKeys, ActionError> {
    if let Some(stored) = store::private_key(&cx.pool).await? {
        return VapidKeys::parse(&stored);
    }
    // The library takes randomness from the system only, so that the context's source cannot be used.
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
        .map_err(|_| ActionError::Internal("the system has no randomness"))?;
    store::insert_if_absent(&cx.pool, made.as_ref(), cx.clock.now()).await?;
    let stored = store::private_key(&cx.pool).await?;
    let stored = stored.ok_or(ActionError::Internal(
        "the key pair of push messages is gone",
    ))?;
    VapidKeys::parse(&stored)
}

/// Whether bytes are an uncompressed point of P-256. The library checks a point only where it is used.
#[must_use]
pub fn is_point(bytes: &[u8]) -> bool {
    let Ok(own) = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()) else {
        return false;
    };
    agree_ephemeral(own, &UnparsedPublicKey::new(&ECDH_P256, bytes), |_| ()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_on_the_curve_and_uncompressed() {
        let on = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let on = URL_SAFE_NO_PAD.decode(on).unwrap();
        assert!(is_point(&on));
        let mut off = on.clone();
        off[64] ^= 1;
        assert!(!is_point(&off));
        let compressed = [&[2], &on[1..33]].concat();
        assert!(!is_point(&compressed));
        assert!(!is_point(&[]));
        assert!(!is_point(&[4; 65]));
    }
}
