//! The idempotency key of a request, and the fingerprint of the request.

use crate::{error::Problem, unknown_parameters::UnknownParameters};
use actions::idempotency::RequestKey;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, Method, StatusCode, request::Parts},
};
use domain::{
    actor::{Actor, Caller, Initiator},
    ids::{TicketId, UserId},
};
use sha2::{Digest, Sha256};
use std::convert::Infallible;

/// The header with the key.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The most characters of a key.
const LONGEST: usize = 255;

/// The key of a request, if it has one, with its method and path.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// An unfit key is refused where the sender is known.
    key: Result<Option<String>, UnfitKey>,
    method: Method,
    path: String,
    pub(super) unknown: UnknownParameters,
}

impl<S: Send + Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            key: key(&parts.headers),
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            unknown: UnknownParameters::of(&parts.extensions),
        })
    }
}

/// A repeated or malformed header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnfitKey;

impl From<UnfitKey> for Problem {
    fn from(UnfitKey: UnfitKey) -> Self {
        invalid_key()
    }
}

/// The key in the headers; `None` without the header.
///
/// # Errors
/// A repeated or malformed header.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, UnfitKey> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let fits =
        (1..=LONGEST).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic);
    match value.to_str() {
        Ok(key) if fits && values.next().is_none() => Ok(Some(key.to_owned())),
        _ => Err(UnfitKey),
    }
}

/// 400: the header is not a valid key.
pub(crate) fn invalid_key() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_idempotency_key",
        format!("Send one `Idempotency-Key` of 1 to {LONGEST} visible ASCII characters."),
    )
}

/// The owner of a key. Equal keys of different owners are different keys. One person in two roles is two
/// owners, since a kept response may show what the second role must not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A person who is signed in.
    Person(Actor),
    /// A customer with the link of a survey: the ticket and its resolution cycle.
    Survey(TicketId, i32),
    /// The reader of a mail, with its link that stops such mails.
    Unsubscribe(UserId),
}

impl Asker {
    pub(super) fn by(self) -> Initiator {
        match self {
            Self::Person(actor) => Initiator::Person(actor),
            Self::Survey(..) | Self::Unsubscribe(_) => Initiator::System,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Person(actor) => format!("user {} as {}", actor.id, actor.role),
            Self::Survey(ticket, cycle) => format!("survey {ticket} {cycle}"),
            Self::Unsubscribe(person) => format!("unsubscribe {person}"),
        }
    }
}

/// Who sends a write.
#[derive(Debug, Clone, Copy)]
pub enum Sender {
    /// Somebody who is known.
    Known(Asker),
    /// A person whose session is read in the transaction of the write.
    Caller(Caller),
}

impl From<Asker> for Sender {
    fn from(asker: Asker) -> Self {
        Self::Known(asker)
    }
}

impl From<Actor> for Sender {
    fn from(actor: Actor) -> Self {
        Self::Known(Asker::Person(actor))
    }
}

impl From<Caller> for Sender {
    fn from(caller: Caller) -> Self {
        Self::Caller(caller)
    }
}

/// A request with a key, as it is looked up.
pub(super) struct Keyed {
    pub request: RequestKey,
    pub fingerprint: Vec<u8>,
}

impl Idempotency {
    pub(super) fn keyed(
        self,
        asker: Asker,
        body: Option<&[u8]>,
    ) -> Result<Option<Keyed>, UnfitKey> {
        let (Some(key), Some(body)) = (self.key?, body) else {
            return Ok(None);
        };
        Ok(Some(Keyed {
            request: RequestKey {
                caller: asker.name(),
                key,
            },
            fingerprint: fingerprint(&self.method, &self.path, body),
        }))
    }
}

/// The fingerprint of a request. That of a POST has no method, so that responses that were kept when only
/// POSTs had keys are still found. No path begins with a method.
fn fingerprint(method: &Method, path: &str, body: &[u8]) -> Vec<u8> {
    let method = if method == Method::POST {
        ""
    } else {
        method.as_str()
    };
    let whole = Sha256::new()
        .chain_update(method)
        .chain_update(path)
        .chain_update([0])
        .chain_update(body);
    whole.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(keys: &[&[u8]]) -> Result<Option<String>, UnfitKey> {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(key).unwrap());
        }
        key(&headers)
    }

    #[test]
    fn the_fingerprint_depends_on_method_path_and_body() {
        let methods = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let mut found = std::collections::BTreeSet::new();
        for method in &methods {
            for (path, body) in [("/a", "b"), ("/ab", ""), ("/a", ""), ("/b", "b")] {
                found.insert(fingerprint(method, path, body.as_bytes()));
            }
        }
        assert_eq!(found.len(), methods.len() * 4);
    }

    #[test]
    fn a_response_that_was_kept_when_only_posts_had_keys_is_still_found() {
        let before = Sha256::digest(b"/a\0b").to_vec();
        assert_eq!(fingerprint(&Method::POST, "/a", b"b"), before);
    }

    #[test]
    fn a_key_is_visible_ascii_of_at_most_255_characters() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"a~!\"1"]), Ok(Some("a~!\"1".to_owned())));
        assert!(read(&[&[b'x'; 255]]).is_ok());
        let bad: [&[&[u8]]; 6] = [
            &[b""],
            &[&[b'x'; 256]],
            &[b"a b"],
            &[b"a\tb"],
            &["é".as_bytes()],
            &[b"a", b"a"],
        ];
        for keys in bad {
            assert_eq!(read(keys), Err(UnfitKey), "{keys:?}");
        }
    }
}
