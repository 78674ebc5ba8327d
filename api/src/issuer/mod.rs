//! Access tokens of an outside issuer, checked by the keys that it publishes. Which algorithm a
//! signature is checked by is the key's to say, never the token's.

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

/// How far the clocks of two machines may be apart.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// Why a token is no good.
#[derive(Debug)]
pub enum Refused {
    /// It is not of this issuer, not for us, or was tampered with.
    Invalid,
    /// Its time is over.
    Expired,
    /// Nobody knows: the issuer's keys could not be had yet.
    Unknown(Problem),
}

/// An outside issuer.
pub struct Issuer {
    settings: ExternalIssuer,
    keys: KeySet,
}

impl Issuer {
    /// The issuer as configured. Its keys are fetched when the first token comes.
    #[must_use]
    pub fn new(settings: ExternalIssuer) -> Self {
        Self {
            keys: KeySet::new(settings.keys.clone()),
            settings,
        }
    }

    /// Whether a token is to be judged by this issuer's keys: ours name keys of another kind.
    #[must_use]
    pub fn is_meant(token: &str) -> bool {
        let header = jsonwebtoken::decode_header(token);
        header.is_ok_and(|header| keys::is_accepted(header.alg))
    }

    /// Whom a token is for.
    ///
    /// # Errors
    /// It is not good at `now`.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<ExternalPerson, Refused> {
        let kid = jsonwebtoken::decode_header(token)
            .map_err(|_| Refused::Invalid)?
            .kid;
        let key = self.keys.find(kid.as_deref(), now).await;
        let key = key.map_err(Refused::Unknown)?.ok_or(Refused::Invalid)?;
        self.judge(token, &key, now)
    }

    /// Whom a token is for, so far as the keys that have been seen can tell: nobody is asked, so
    /// that tokens of strangers cost nobody a wait. `None` for one that is no good, too.
    #[must_use]
    pub fn known(&self, token: &str, now: DateTime<Utc>) -> Option<ExternalPerson> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid;
        let key = self.keys.seen_already(kid.as_deref())?;
        self.judge(token, &key, now).ok()
    }

    fn judge(&self, token: &str, key: &Key, now: DateTime<Utc>) -> Result<ExternalPerson, Refused> {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // They would read the machine's clock: what follows goes by the context's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &validation)
            .map_err(|_| Refused::Invalid)?
            .claims;
        let soon = (now + SKEW).timestamp();
        let too_early = |from: Option<i64>| from.is_some_and(|from| from > soon);
        if too_early(claims.nbf) || too_early(claims.iat) || !claims.names_somebody() {
            return Err(Refused::Invalid);
        }
        if claims.exp <= now.timestamp() {
            return Err(Refused::Expired);
        }
        Ok(claims.person(&self.settings))
    }
}
