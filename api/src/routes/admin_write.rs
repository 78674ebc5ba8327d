//! The shape that the writes of admins share: an admin changes the thing that the path names.

use crate::{
    auth::Admin, error::Problem, extract::PathId, extract::Payload, idempotency::Write,
    state::ApiState,
};
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use domain::actor::Actor;
use futures_util::future::BoxFuture;
use platform::{context::Context, work::UnitOfWork};

/// A write of an admin to the thing that the path names, with its idempotency key and its body. As an
/// extractor it refuses with 401 and 403, and with 400 for an unfit key.
#[derive(Debug)]
pub struct AdminWrite {
    actor: Actor,
    id: PathId,
    write: Write,
}

impl FromRequest<ApiState> for AdminWrite {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &ApiState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Admin(actor) = Admin::from_request_parts(&mut parts, api).await?;
        let Ok(id) = PathId::from_request_parts(&mut parts, api).await;
        let write = Write::from_request(Request::from_parts(parts, body), api).await?;
        Ok(Self { actor, id, write })
    }
}

impl AdminWrite {
    /// Runs `act` on the thing that `read_id` reads from the path, once for each idempotency key.
    ///
    /// # Errors
    /// 400 for an unfit id, then the errors of `act`; those of [`Write::once`].
    pub async fn once<'a, I, A: IntoResponse>(
        self,
        cx: &'a Context,
        read_id: fn(&PathId) -> Result<I, Problem>,
        act: impl for<'w> FnOnce(
            &'w mut UnitOfWork<'a>,
            I,
            Payload,
        ) -> BoxFuture<'w, Result<A, Problem>>,
    ) -> Result<Response, Problem> {
        let id = read_id(&self.id)?;
        self.write
            .once(cx, self.actor, move |work, payload| act(work, id, payload))
            .await
    }
}
