//! Who may connect: a valid token, from an allowed origin, as often as one may. A refusal is a code, and nothing that a
//! parser or a database said.

use crate::{
    auth,
    error::Problem,
    live::{Renewal, Subscription},
    signed_in::SignedIn,
    state::ApiState,
};
use axum::http::{HeaderMap, header};
use platform::error_chain::Chain;
use serde::Deserialize;
use serde_json::{Value, json};
use socketioxide::extract::SocketRef;
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// What a client sends to connect, and to renew its token.
#[derive(Deserialize)]
pub(super) struct Auth {
    token: String,
    #[serde(default)]
    after: Option<String>,
}

/// A refusal, by its code.
#[derive(Debug)]
pub(super) struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        if let Some(cause) = problem.cause() {
            tracing::warn!(error = %Chain(cause), "a socket could not be admitted");
        }
        Self(problem.code())
    }
}

/// The subscription of an admitted socket, until its handler takes it.
#[derive(Clone)]
pub(super) struct Admitted(Arc<Mutex<Option<Subscription>>>);

impl Admitted {
    /// The subscription, once.
    pub fn take(&self) -> Option<Subscription> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Admits a socket.
///
/// # Errors
/// The code of the refusal.
pub(super) async fn admit(
    api: &ApiState,
    socket: &SocketRef,
    auth: Option<Auth>,
) -> Result<Admitted, Refused> {
    if !is_allowed_origin(api, &socket.req_parts().headers) {
        return Err(Refused("origin_not_allowed"));
    }
    let auth = auth.ok_or(Refused("token_required"))?;
    let who = auth::recognise(&auth.token, api).await?;
    let after = match auth.after.filter(|after| !after.is_empty()) {
        Some(after) => Some(api.live.opened(&after).ok_or(Refused("invalid_position"))?),
        None => None,
    };
    let subscription = Subscription::begin(&api.live, who, after).await?;
    Ok(Admitted(Arc::new(Mutex::new(Some(subscription)))))
}

/// A browser names the page that connects. Pages of other sites may only do so where they may call the API.
fn is_allowed_origin(api: &ApiState, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_own = host.is_some_and(|host| {
        origin
            .split_once("://")
            .is_some_and(|(_, origin)| origin == host)
    });
    is_own || crate::cors::allows(&api.cx.config.http.cors_origins, origin)
}

/// Takes over a fresh token; the answer is for the client.
pub(super) async fn renew(api: &ApiState, renewal: &Renewal, auth: Option<Auth>) -> Value {
    let renewed = async {
        let auth = auth.ok_or(Refused("token_required"))?;
        let who: SignedIn = auth::recognise(&auth.token, api).await?;
        if renewal.take(who) {
            Ok(())
        } else {
            Err(Refused("invalid_token"))
        }
    };
    match renewed.await {
        Ok(()) => json!({"success": true}),
        Err(Refused(code)) => json!({"success": false, "code": code}),
    }
}
