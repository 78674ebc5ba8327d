//! Access tokens: JWT (RFC 7519) signed with HMAC-SHA-256; no other algorithm is accepted. The expiry is
//! checked by the clock of the context, never by that of the machine. The header names the key, so that the
//! secret can be changed while tokens of the previous one are in use.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{SessionId, UserId},
    people::Role,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use platform::config;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The lifetime of an access token.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// The greatest difference between the clocks of two machines.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// Issues and verifies access tokens.
pub struct Tokens {
    header: Header,
    signing: EncodingKey,
    accepted: Vec<Accepted>,
    validation: Validation,
    issuer: String,
    audience: String,
}

/// A key whose tokens are accepted.
struct Accepted {
    id: String,
    key: DecodingKey,
}

impl Accepted {
    fn new(secret: &SecretString) -> Self {
        let secret = secret.expose_secret().as_bytes();
        Self {
            id: key_id(secret),
            key: DecodingKey::from_secret(secret),
        }
    }
}

/// The person and the session of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The person.
    pub user: UserId,
    /// The role at the time of issue. Access depends on the present role.
    pub role: Role,
    /// The session.
    pub session: SessionId,
}

/// The bearer of a valid token, and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The person and the session.
    pub bearer: Bearer,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The token was not issued here, or was changed.
    #[error("the access token is not one of ours")]
    Invalid,
    /// The token has expired.
    #[error("the access token has expired")]
    Expired,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    role: Role,
    sid: SessionId,
    jti: Uuid,
    iat: i64,
    exp: i64,
    /// Tokens that are issued here have none, but one that is there is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
}

impl Tokens {
    /// Issues tokens with the configured secret, and accepts those of the previous secret as well.
    #[must_use]
    pub fn new(auth: &config::Auth) -> Self {
        let secret = auth.jwt_secret.expose_secret().as_bytes();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(key_id(secret));
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&auth.issuer]);
        validation.set_audience(&[&auth.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The library would read the clock of the machine: `verify` uses that of the context.
        validation.validate_exp = false;
        Self {
            header,
            signing: EncodingKey::from_secret(secret),
            accepted: std::iter::once(&auth.jwt_secret)
                .chain(&auth.previous_jwt_secret)
                .map(Accepted::new)
                .collect(),
            validation,
            issuer: auth.issuer.clone(),
            audience: auth.audience.clone(),
        }
    }

    /// A token for that session, valid from `now` for [`LIFETIME`]. `jti` is the id of the token.
    ///
    /// # Errors
    /// Signing failed.
    pub fn issue(
        &self,
        bearer: Bearer,
        jti: Uuid,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: bearer.user,
            role: bearer.role,
            sid: bearer.session,
            jti,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            nbf: None,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing)
    }

    /// The bearer of a token, and when it expires.
    ///
    /// # Errors
    /// The token was not issued here, or is not valid at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Verified, Refused> {
        let key_id = jsonwebtoken::decode_header(token)
            .map_err(|_| Refused::Invalid)?
            .kid;
        let known = self
            .accepted
            .iter()
            .find(|known| Some(&known.id) == key_id.as_ref())
            .ok_or(Refused::Invalid)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &known.key, &self.validation)
            .map_err(|_| Refused::Invalid)?
            .claims;
        let soon = (now + SKEW).timestamp();
        if claims.iat > soon || claims.nbf.is_some_and(|from| from > soon) {
            return Err(Refused::Invalid);
        }
        if claims.exp <= now.timestamp() {
            return Err(Refused::Expired);
        }
        let bearer = Bearer {
            user: claims.sub,
            role: claims.role,
            session: claims.sid,
        };
        let expires_at = DateTime::from_timestamp(claims.exp, 0).ok_or(Refused::Invalid)?;
        Ok(Verified { bearer, expires_at })
    }
}

/// The id of a key. It is a hash, which reveals nothing of the key.
fn key_id(secret: &[u8]) -> String {
    let mut hash = Sha256::new_with_prefix(b"kid:");
    hash.update(secret);
    URL_SAFE_NO_PAD
        .encode(hash.finalize())
        .chars()
        .take(8)
        .collect()
}

#[cfg(test)]
mod tests;
