//! Work that is done once for each idempotency key.

use super::key::{Asker, Idempotency, Keyed, Sender};
use crate::{error::Problem, respond::WithoutSecrets, signed_in::admit};
use actions::idempotency::{KEPT_FOR, KeptAnswer, store};
use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use domain::json::Json;
use futures_util::future::BoxFuture;
use platform::{context::Context, work::UnitOfWork};

/// The header of a response that repeats the first one.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

impl Idempotency {
    /// Runs `act` in one transaction. With a key, the response is kept in the same transaction, and a repeat
    /// gets the kept response, whatever its `If-Match`. `body` is part of the fingerprint of the request;
    /// `None` for a body that did not arrive, which `act` has to refuse.
    ///
    /// # Errors
    /// Those of `act`; 409 while the first request runs; 422 where the key was sent with another request.
    /// On an error, and on any response but a success, the transaction is rolled back.
    pub async fn once<'a, A: IntoResponse>(
        self,
        cx: &'a Context,
        sender: impl Into<Sender>,
        body: Option<Bytes>,
        act: impl for<'w> FnOnce(&'w mut UnitOfWork<'a>) -> BoxFuture<'w, Result<A, Problem>>,
    ) -> Result<Response, Problem> {
        let unknown = self.unknown.clone();
        let (asker, mut work) = begin(cx, sender.into()).await?;
        let keyed = match self.keyed(asker, body.as_deref()) {
            Ok(keyed) => keyed,
            Err(unfit) => {
                undo(work).await;
                return Err(unfit.into());
            }
        };
        let answer = match first_answer(&mut work, keyed.as_ref()).await {
            Ok(None) => act(&mut work).await.map(IntoResponse::into_response),
            Ok(Some(first)) => {
                undo(work).await;
                return Ok(first);
            }
            Err(problem) => Err(problem),
        };
        match answer {
            // An `act` that reads neither query nor body has not refused the unknown parameters.
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

    /// The kept response of the first request, if there is one. Handlers that do work outside of the
    /// transaction call this before that work, so that a repeat does not do it again.
    /// [`Idempotency::once`] looks again.
    ///
    /// # Errors
    /// 409 while the first request runs; 422 where the key was sent with another request; 503.
    pub async fn answered(
        &self,
        cx: &Context,
        asker: Asker,
        body: &[u8],
    ) -> Result<Option<Response>, Problem> {
        let keyed = self.clone().keyed(asker, Some(body))?;
        if keyed.is_none() {
            return Ok(None);
        }
        let mut work = cx.begin(asker.by()).await?;
        let answer = first_answer(&mut work, keyed.as_ref()).await;
        undo(work).await;
        answer
    }
}

/// Begins the unit of work of the sender.
///
/// # Errors
/// 401 for a session that is over; 503.
async fn begin(cx: &Context, sender: Sender) -> Result<(Asker, UnitOfWork<'_>), Problem> {
    match sender {
        Sender::Known(asker) => Ok((asker, cx.begin(asker.by()).await?)),
        Sender::Caller(caller) => {
            let mut tx = cx.begin_for_caller().await?;
            let asker = Asker::Person(admit(&mut *tx, caller).await?);
            Ok((asker, cx.unit(tx, asker.by(), cx.clock.now())))
        }
    }
}

/// The kept response, if there is one. Takes the lock of the key until the transaction ends.
///
/// # Errors
/// 409 while the first request runs; 422 where the key was sent with another request; 503.
async fn first_answer(
    work: &mut UnitOfWork<'_>,
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
    let now = work.now();
    match store::find(&mut *work.tx, request, now - KEPT_FOR).await? {
        None => Ok(None),
        Some(kept) if kept.fingerprint == *fingerprint => again(kept).map(Some),
        Some(_) => Err(reused()),
    }
}

/// 422: the key was sent with another request.
pub(crate) fn reused() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This `Idempotency-Key` was sent with another request: use a new key for each request.",
    )
}

/// 409: the outcome of the first request is not known yet.
pub(crate) fn in_progress() -> Problem {
    let detail =
        "The first request with this `Idempotency-Key` is still running: try again shortly.";
    Problem::new(StatusCode::CONFLICT, "idempotency_in_progress", detail).with_retry_after(1)
}

/// Keeps the response under the key, if there is one, and commits.
async fn keep(
    mut work: UnitOfWork<'_>,
    keyed: Option<Keyed>,
    answer: Response,
) -> Result<Response, Problem> {
    let Some(keyed) = keyed else {
        work.commit().await?;
        return Ok(answer);
    };
    let (mut parts, body) = answer.into_parts();
    let without_secrets = parts.extensions.remove::<WithoutSecrets>();
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
        body: without_secrets.map_or_else(|| body.to_vec(), |WithoutSecrets(kept)| kept),
    };
    let now = work.now();
    store::keep(&mut *work.tx, &keyed.request, &kept, now).await?;
    work.commit().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Waits for the rollback, so that the key is free when the client gets the response.
async fn undo(work: UnitOfWork<'_>) {
    if let Err(error) = work.tx.rollback().await {
        tracing::debug!(%error, "a connection was lost with its transaction");
    }
}

/// The kept response, with the header that marks a repeat.
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
