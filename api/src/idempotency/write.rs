//! Writes with a JSON body.

use super::key::{Idempotency, Sender};
use crate::{error::Problem, extract::Payload};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use futures_util::future::BoxFuture;
use platform::{context::Context, work::UnitOfWork};

/// A write with a JSON body: its idempotency key, if it has one, and the body, which only [`Write::once`]
/// hands out.
#[derive(Debug)]
pub struct Write {
    idempotency: Idempotency,
    payload: Payload,
}

impl<S: Send + Sync> FromRequest<S> for Write {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Ok(idempotency) = Idempotency::from_request_parts(&mut parts, state).await;
        let request = Request::from_parts(parts, body);
        let Ok(payload) = Payload::from_request(request, state).await;
        Ok(Self {
            idempotency,
            payload,
        })
    }
}

impl Write {
    /// As [`Idempotency::once`], for a person who is signed in: an actor, or a caller whose session is read here.
    ///
    /// # Errors
    /// Those of [`Idempotency::once`].
    pub async fn once<'a, A: IntoResponse>(
        self,
        cx: &'a Context,
        sender: impl Into<Sender>,
        act: impl for<'w> FnOnce(&'w mut UnitOfWork<'a>, Payload) -> BoxFuture<'w, Result<A, Problem>>,
    ) -> Result<Response, Problem> {
        let Self {
            idempotency,
            payload,
        } = self;
        let sent = payload.bytes();
        idempotency
            .once(cx, sender, sent, |work| act(work, payload))
            .await
    }
}
