//! The keys of the external issuer (RFC 7517), kept until they are old or a token names another key. They are
//! fetched at most once a minute, however many tokens name unknown keys. While the issuer is unavailable, the
//! known keys stay valid.
//!
//! Race: many requests find the keys old at once. One of them fetches. The others use the known keys, or wait
//! for the fetch where the key is not known.

use super::fetch::{FetchError, fetch};
use crate::error::Problem;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use platform::error_chain::Chain;
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

/// The age at which keys are fetched again although the needed one is known: it may have been withdrawn.
const OLD: TimeDelta = TimeDelta::hours(1);
/// The least time between two fetches.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// A key and its algorithm.
pub(super) struct Key {
    id: Option<String>,
    pub algorithm: Algorithm,
    pub verifying: DecodingKey,
}

/// The keys of the last fetch that succeeded.
#[derive(Clone, Default)]
struct Seen {
    keys: Arc<Vec<Arc<Key>>>,
    at: Option<DateTime<Utc>>,
}

/// The keys of an issuer.
pub(super) struct KeySet {
    from: String,
    seen: RwLock<Seen>,
    /// The instant of the last fetch. A fetch holds the lock.
    attempt: Mutex<Option<DateTime<Utc>>>,
}

/// Whether external tokens may be signed with this algorithm. All of them have a public key: none takes a
/// shared secret, and none is without a key.
pub(super) const fn is_accepted(algorithm: Algorithm) -> bool {
    matches!(
        algorithm,
        Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA
    )
}

impl KeySet {
    /// The keys at that address, which is not fetched yet.
    pub fn new(from: String) -> Self {
        Self {
            from,
            seen: RwLock::default(),
            attempt: Mutex::new(None),
        }
    }

    /// The key with that id, if it has been fetched before.
    pub fn seen_already(&self, id: Option<&str>) -> Option<Arc<Key>> {
        self.seen().find(id)
    }

    /// The key with that id. A token may leave out the id where there is only one key.
    ///
    /// # Errors
    /// 503: no keys could be fetched so far.
    pub async fn find(
        &self,
        id: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Option<Arc<Key>>, Problem> {
        let seen = self.seen();
        let known = seen.find(id);
        if known.is_some() && seen.at.is_some_and(|at| now < at + OLD) {
            return Ok(known);
        }
        let failure = if known.is_some() {
            match self.attempt.try_lock() {
                Ok(attempt) => self.refresh(attempt, now).await,
                Err(_) => return Ok(known),
            }
        } else {
            self.refresh(self.attempt.lock().await, now).await
        };
        let seen = self.seen();
        match (seen.at, failure) {
            (None, failure) => Err(Problem::unavailable(
                "The keys of the token issuer cannot be fetched at the moment: try again shortly.",
                failure.unwrap_or(FetchError::Paused),
            )),
            (Some(_), _) => Ok(seen.find(id)),
        }
    }

    fn seen(&self) -> Seen {
        self.seen
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fetches the keys, unless the last fetch was within [`PAUSE`]. Returns why a fetch failed.
    async fn refresh(
        &self,
        mut attempt: tokio::sync::MutexGuard<'_, Option<DateTime<Utc>>>,
        now: DateTime<Utc>,
    ) -> Option<FetchError> {
        if attempt.is_some_and(|last| now < last + PAUSE) {
            return None;
        }
        *attempt = Some(now);
        match fetch(&self.from).await.and_then(|text| parse(&text)) {
            Ok(keys) => {
                let keys = Arc::new(keys);
                *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Seen {
                    keys,
                    at: Some(now),
                };
                None
            }
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "the keys of the external issuer could not be fetched");
                Some(error)
            }
        }
    }
}

impl Seen {
    fn find(&self, id: Option<&str>) -> Option<Arc<Key>> {
        match id {
            Some(id) => self
                .keys
                .iter()
                .find(|key| key.id.as_deref() == Some(id))
                .cloned(),
            None => match self.keys.as_slice() {
                [only] => Some(Arc::clone(only)),
                _ => None,
            },
        }
    }
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

/// The keys of a set that can be used here. Others are skipped.
fn parse(text: &[u8]) -> Result<Vec<Arc<Key>>, FetchError> {
    let published: Published = serde_json::from_slice(text).map_err(FetchError::Json)?;
    let keys = published.keys.into_iter().filter_map(|key| {
        let key: Jwk = serde_json::from_value(key).ok()?;
        usable(&key).map(Arc::new)
    });
    Ok(keys.collect())
}

/// A signature key. Its type determines the algorithm, and its `alg` must agree with that.
fn usable(key: &Jwk) -> Option<Key> {
    let algorithm = match &key.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            Algorithm::ES256
        }
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            Algorithm::EdDSA
        }
        _ => return None,
    };
    let signs = matches!(
        key.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    );
    let agrees = key
        .common
        .key_algorithm
        .is_none_or(|named| Algorithm::try_from(named).is_ok_and(|named| named == algorithm));
    (signs && agrees).then_some(())?;
    Some(Key {
        id: key.common.key_id.clone(),
        algorithm,
        verifying: DecodingKey::from_jwk(key).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_keys_of_accepted_algorithms_are_used() {
        let (x, y) = (
            "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        );
        let set = json!({"keys": [
            {"kid": "good", "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256"},
            {"kid": "secret", "kty": "oct", "k": "c2VjcmV0"},
            {"kid": "encrypts", "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "enc"},
            {"kid": "other", "kty": "EC", "crv": "P-256", "x": x, "y": y, "alg": "HS256"},
            {"kid": "strange", "kty": "AKP", "alg": "ML-DSA-44"},
            {"kid": "broken", "kty": "EC", "crv": "P-384", "x": x, "y": y},
            {"kid": "pair", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            "nonsense",
        ]});
        let keys = parse(set.to_string().as_bytes()).unwrap();
        let found: Vec<_> = keys
            .iter()
            .map(|key| (key.id.as_deref().unwrap(), key.algorithm))
            .collect();
        assert_eq!(
            found,
            [("good", Algorithm::ES256), ("pair", Algorithm::EdDSA)]
        );
    }

    #[test]
    fn tokens_signed_with_a_secret_are_never_for_the_external_issuer() {
        assert!(!is_accepted(Algorithm::HS256) && !is_accepted(Algorithm::HS512));
        assert!(!is_accepted(Algorithm::PS256) && !is_accepted(Algorithm::ES384));
    }
}
