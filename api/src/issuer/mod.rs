//! Access tokens of an external issuer, verified with the keys that it publishes. The key determines the
//! algorithm of the signature, never the token.

mod claims;
mod fetch;
mod keys;

use crate::error::Problem;
use actions::people::external_identity::ExternalPerson;
use chrono::{DateTime, TimeDelta, Utc};
use claims::Claims;
use jsonwebtoken::Validation;
use keys::{Key, KeySet};
use platform::config::ExternalIssuer;

/// The greatest difference between the clocks of two machines.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// Why a token is refused.
#[derive(Debug)]
pub enum Refused {
    /// The token is of another issuer, for another audience, or was changed.
    Invalid,
    /// The token has expired.
    Expired,
    /// The token cannot be verified: the keys of the issuer could not be fetched yet.
    Unknown(Problem),
}

/// The person of a valid token, and its end.
pub struct Verified {
    /// The person.
    pub person: ExternalPerson,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}

/// An external issuer.
pub struct Issuer {
    settings: ExternalIssuer,
    keys: KeySet,
}

impl Issuer {
    /// The configured issuer. Its keys are fetched for the first token.
    #[must_use]
    pub fn new(settings: ExternalIssuer) -> Self {
        Self {
            keys: KeySet::new(settings.keys.clone()),
            settings,
        }
    }

    /// Whether a token is to be verified with the keys of this issuer. Our own tokens name another algorithm.
    #[must_use]
    pub fn is_meant(token: &str) -> bool {
        let header = jsonwebtoken::decode_header(token);
        header.is_ok_and(|header| keys::is_accepted(header.alg))
    }

    /// The person of a token, and when it expires.
    ///
    /// # Errors
    /// The token is not valid at `now`, or the keys could not be fetched.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, Refused> {
        let kid = jsonwebtoken::decode_header(token)
            .map_err(|_| Refused::Invalid)?
            .kid;
        let key = self.keys.find(kid.as_deref(), now).await;
        let key = key.map_err(Refused::Unknown)?.ok_or(Refused::Invalid)?;
        self.judge(token, &key, now)
    }

    /// The person of a token, by the keys that have been fetched before. Nothing is fetched, so that forged
    /// tokens cause no wait. `None` for an invalid token too.
    #[must_use]
    pub fn known(&self, token: &str, now: DateTime<Utc>) -> Option<ExternalPerson> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid;
        let key = self.keys.seen_already(kid.as_deref())?;
        self.judge(token, &key, now)
            .ok()
            .map(|verified| verified.person)
    }

    fn judge(&self, token: &str, key: &Key, now: DateTime<Utc>) -> Result<Verified, Refused> {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The library would read the clock of the machine: the checks below use that of the context.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &validation)
            .map_err(|_| Refused::Invalid)?
            .claims;
        let soon = (now + SKEW).timestamp();
        let too_early = |from: Option<i64>| from.is_some_and(|from| from > soon);
        if too_early(claims.nbf) || too_early(claims.iat) || !claims.has_valid_subject() {
            return Err(Refused::Invalid);
        }
        if claims.exp <= now.timestamp() {
            return Err(Refused::Expired);
        }
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(Refused::Invalid)?;
        let person = claims.person(&self.settings);
        Ok(Verified { person, expires_at })
    }
}
