//! `Idempotency-Key`: a request that is sent again gets the answer that it got first, and does
//! nothing again. Every POST goes through [`Post::once`] but those under `/auth`, and any whose answer
//! holds a secret: those must not be kept.
//!
//! ```text
//! post.once(&cx, actor, |work, payload| async move {
//!     let mut body = payload.object()?;
//!     let new = self::body(&mut body);
//!     let thing = actions::create(work, body.finish(new)?).await?;
//!     Ok(Answer::of("thing", view(thing)))
//! }.boxed()).await
//! ```
//!
//! Only successes are kept: a refusal changed nothing, so that the same key may be used for the
//! corrected request. Races, and what each costs: two equal requests at once: the later one is told
//! that the first is running (409), whatever comes of it; a process that dies before the commit:
//! neither work nor answer, after it: both; a caller that hangs up: as if it had died.

use crate::{error::Problem, extract::Payload, unknown_parameters::UnknownParameters};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};
use shared::{
    context::Context,
    db::Json,
    idempotency::{KEPT_FOR, KeptAnswer, RequestKey, store},
    ids::TicketId,
    work::{Actor, By, Work},
};

/// What a caller names its request by.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that an answer is the first one again.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The most characters of a key.
const LONGEST: usize = 255;

/// The key of a request, if it has one, and the path that it was sent to.
#[derive(Debug, Clone)]
pub struct Idempotency {
    key: Option<String>,
    path: String,
    unknown: UnknownParameters,
}

/// Whose keys they are: equal keys of different callers have nothing to do with each other, nor those of
/// one person in two roles, as an answer may show what the next role must not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A person who is signed in.
    Person(Actor),
    /// Whoever has the link of a survey.
    Survey(TicketId, i32),
}

impl Asker {
    fn by(self) -> By {
        match self {
            Self::Person(actor) => By::Person(actor),
            Self::Survey(..) => By::System,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Person(actor) => format!("user {} as {}", actor.id, actor.role),
            Self::Survey(ticket, cycle) => format!("survey {ticket} {cycle}"),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self {
            key: key(&parts.headers)?,
            path: parts.uri.path().to_owned(),
            unknown: UnknownParameters::of(&parts.extensions),
        })
    }
}

pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let fits =
        (1..=LONGEST).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic);
    match value.to_str() {
        Ok(key) if fits && values.next().is_none() => Ok(Some(key.to_owned())),
        _ => Err(invalid_key()),
    }
}

/// 400: what was sent can be no key.
pub(crate) fn invalid_key() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_idempotency_key",
        format!("Send one Idempotency-Key of 1 to {LONGEST} visible ASCII characters."),
    )
}

/// A POST of JSON: its key, if it has one, and its body.
#[derive(Debug)]
pub struct Post {
    idempotency: Idempotency,
    payload: Payload,
}

impl<S: Send + Sync> FromRequest<S> for Post {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let idempotency = Idempotency::from_request_parts(&mut parts, state).await?;
        let request = Request::from_parts(parts, body);
        let Ok(payload) = Payload::from_request(request, state).await;
        Ok(Self {
            idempotency,
            payload,
        })
    }
}

impl Post {
    /// As [`Idempotency::once`], for a person who is signed in.
    ///
    /// # Errors
    /// As there.
    pub async fn once<'a, A: IntoResponse>(
        self,
        cx: &'a Context,
        actor: Actor,
        act: impl for<'w> FnOnce(&'w mut Work<'a>, Payload) -> BoxFuture<'w, Result<A, Problem>>,
    ) -> Result<Response, Problem> {
        let Self {
            idempotency,
            payload,
        } = self;
        let sent = payload.bytes();
        idempotency
            .once(cx, Asker::Person(actor), sent, |work| act(work, payload))
            .await
    }
}

/// A request with a key, as it is looked up.
struct Keyed {
    request: RequestKey,
    fingerprint: Vec<u8>,
}

impl Idempotency {
    /// Does the work of a request in one transaction, and keeps the answer in it, if there is a
    /// key; what was answered before is answered again. `body` is what else tells the request
    /// from others; `None` where it did not arrive, which is for `act` to find.
    ///
    /// # Errors
    /// Those of `act`, which undo what it did, as any answer but a success does; 409 while the
    /// first request runs; 422 when the key was that of another request.
    pub async fn once<'a, A: IntoResponse>(
        self,
        cx: &'a Context,
        asker: Asker,
        body: Option<Bytes>,
        act: impl for<'w> FnOnce(&'w mut Work<'a>) -> BoxFuture<'w, Result<A, Problem>>,
    ) -> Result<Response, Problem> {
        let unknown = self.unknown.clone();
        let keyed = self.keyed(asker, body.as_deref());
        let mut work = cx.begin(asker.by()).await?;
        let answer = match first_answer(&mut work, keyed.as_ref()).await {
            Ok(None) => act(&mut work).await.map(IntoResponse::into_response),
            Ok(Some(first)) => {
                undo(work).await;
                return Ok(first);
            }
            Err(problem) => Err(problem),
        };
        match answer {
            // An act that reads neither query nor body knows nothing of these.
            Ok(answer) if answer.status().is_success() && unknown.is_empty() => {
                keep(work, keyed, answer).await
            }
            Ok(done) if done.status().is_success() => {
                undo(work).await;
                unknown.refuse().map(|()| done)
            }
            refused => {
                undo(work).await;
                refused
            }
        }
    }

    /// The first answer, where there is one: asked beforehand by whoever does work that is no
    /// part of the transaction, so that a repeat does not do it again. [`Idempotency::once`] asks
    /// again.
    ///
    /// # Errors
    /// As there.
    pub async fn answered(
        &self,
        cx: &Context,
        asker: Asker,
        body: &[u8],
    ) -> Result<Option<Response>, Problem> {
        let keyed = self.clone().keyed(asker, Some(body));
        if keyed.is_none() {
            return Ok(None);
        }
        let mut work = cx.begin(asker.by()).await?;
        let answer = first_answer(&mut work, keyed.as_ref()).await;
        undo(work).await;
        answer
    }

    fn keyed(self, asker: Asker, body: Option<&[u8]>) -> Option<Keyed> {
        let (key, body) = self.key.zip(body)?;
        let path_and_body = Sha256::new()
            .chain_update(self.path)
            .chain_update([0])
            .chain_update(body);
        Some(Keyed {
            request: RequestKey {
                caller: asker.name(),
                key,
            },
            fingerprint: path_and_body.finalize().to_vec(),
        })
    }
}

/// What the request was answered before, if it was. From here on nobody else answers it.
async fn first_answer(
    work: &mut Work<'_>,
    keyed: Option<&Keyed>,
) -> Result<Option<Response>, Problem> {
    let Some(Keyed {
        request,
        fingerprint,
    }) = keyed
    else {
        return Ok(None);
    };
    if !store::try_lock(&mut *work.tx, request).await? {
        return Err(in_progress());
    }
    match store::find(&mut *work.tx, request, work.now - KEPT_FOR).await? {
        None => Ok(None),
        Some(kept) if kept.fingerprint == *fingerprint => again(kept).map(Some),
        Some(_) => Err(reused()),
    }
}

/// 422: the key stands for something else.
pub(crate) fn reused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This Idempotency-Key was sent with another request: use a new one for each request.",
    )
}

/// 409: it is not known yet what the first call will have done.
pub(crate) fn in_progress() -> Problem {
    let detail = "The first request with this Idempotency-Key is still running: try again shortly.";
    Problem::new(StatusCode::CONFLICT, "idempotency_in_progress", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
}

/// Makes work and answer so.
async fn keep(
    mut work: Work<'_>,
    keyed: Option<Keyed>,
    answer: Response,
) -> Result<Response, Problem> {
    let Some(keyed) = keyed else {
        work.commit().await?;
        return Ok(answer);
    };
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(Problem::unexpected)?;
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.to_string(), value.to_str().ok()?.to_owned()))
    };
    let kept = KeptAnswer {
        fingerprint: keyed.fingerprint,
        status: i16::try_from(parts.status.as_u16()).map_err(Problem::unexpected)?,
        headers: Json(parts.headers.iter().filter_map(header).collect()),
        body: body.to_vec(),
    };
    store::keep(&mut *work.tx, &keyed.request, &kept, work.now).await?;
    work.commit().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Waits until everything is undone, so that the key is free when the caller hears of it.
async fn undo(work: Work<'_>) {
    if let Err(error) = work.tx.rollback().await {
        tracing::debug!(%error, "a connection was lost with its transaction");
    }
}

fn again(kept: KeptAnswer) -> Result<Response, Problem> {
    let status = u16::try_from(kept.status).map_err(Problem::unexpected)?;
    let mut answer = Response::builder()
        .status(status)
        .header(IDEMPOTENCY_REPLAYED, "true");
    for (name, value) in kept.headers.0 {
        answer = answer.header(name, value);
    }
    answer
        .body(Body::from(kept.body))
        .map_err(Problem::unexpected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keys: &[&[u8]]) -> Result<Option<String>, StatusCode> {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append(IDEMPOTENCY_KEY, HeaderValue::from_bytes(key).unwrap());
        }
        key(&headers).map_err(|problem| problem.status())
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
            assert_eq!(read(keys), Err(StatusCode::BAD_REQUEST), "{keys:?}");
        }
    }
}
