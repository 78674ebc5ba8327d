//! Authentication: extractors that admit callers by token and role, with 401 without a valid token and 403
//! for another role. Role, activity and session are read at each request, so that a change takes effect at
//! once.

use crate::{
    authentication_failures::{
        expired_token, invalid_token, refused, revoked_token, role_not_allowed, token_required,
    },
    error::Problem,
    issuer::{self, Issuer},
    signed_in::{SignedIn, admit},
    state::ApiState,
    token::{self, Refused},
};
use actions::people::external_identity::{self, ExternalPerson};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Caller},
    ids::UserId,
    people::Role,
};

/// An agent or an admin.
#[derive(Debug, Clone, Copy)]
pub struct Staff(pub Actor);

/// An admin.
#[derive(Debug, Clone, Copy)]
pub struct Admin(pub Actor);

/// A customer, technician or corporate customer.
#[derive(Debug, Clone, Copy)]
pub struct Requester(pub Actor);

/// The token of `Authorization: Bearer …`; `None` without the header.
///
/// # Errors
/// 401 for a repeated or malformed header.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match (token, values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(refused(
            "invalid_token",
            "Send one header `Authorization: Bearer <token>`.",
        )),
    }
}

/// The bearer of a token, by its signature only: the session is not read.
pub(crate) enum Bearer {
    /// A person by a token that this system issued.
    Ours(UserId),
    /// A person by a token of the external issuer, with or without an account here.
    External(ExternalPerson),
}

/// The bearer of the token of a request; `None` without a valid one.
pub(crate) fn bearer(headers: &HeaderMap, api: &ApiState) -> Option<Bearer> {
    let token = token(headers).ok().flatten()?;
    let now = api.cx.clock.now();
    match &api.issuer {
        Some(issuer) if Issuer::is_meant(token) => issuer.known(token, now).map(Bearer::External),
        Some(_) | None => {
            let verified = api.tokens.verify(token, now).ok()?;
            Some(Bearer::Ours(verified.bearer.user))
        }
    }
}

/// A token that is valid now.
struct Valid {
    caller: Caller,
    /// The role, where it was read on the way.
    role: Option<Role>,
    expires_at: DateTime<Utc>,
}

/// The caller of a token.
///
/// # Errors
/// 401 for a token that is invalid, expired or revoked; 503.
pub(crate) async fn recognise(token: &str, api: &ApiState) -> Result<SignedIn, Problem> {
    let valid = verify(token, api).await?;
    let caller = valid.caller;
    let actor = match valid.role {
        Some(role) => Actor {
            id: caller.person,
            role,
        },
        None => admit(&api.cx.pool, caller).await?,
    };
    Ok(SignedIn {
        actor,
        session: caller.session,
        expires_at: valid.expires_at,
    })
}

/// The first request of a person of the external issuer creates the account.
async fn verify(token: &str, api: &ApiState) -> Result<Valid, Problem> {
    match &api.issuer {
        Some(issuer) if Issuer::is_meant(token) => verify_external(token, issuer, api).await,
        Some(_) | None => verify_ours(token, api),
    }
}

fn verify_ours(token: &str, api: &ApiState) -> Result<Valid, Problem> {
    let token::Verified { bearer, expires_at } = api
        .tokens
        .verify(token, api.cx.clock.now())
        .map_err(|why| match why {
            Refused::Invalid => invalid_token(),
            Refused::Expired => expired_token(),
        })?;
    Ok(Valid {
        caller: Caller {
            person: bearer.user,
            session: Some(bearer.session),
        },
        role: None,
        expires_at,
    })
}

async fn verify_external(token: &str, issuer: &Issuer, api: &ApiState) -> Result<Valid, Problem> {
    let issuer::Verified { person, expires_at } = issuer
        .verify(token, api.cx.clock.now())
        .await
        .map_err(|why| match why {
            issuer::Refused::Invalid => invalid_token(),
            issuer::Refused::Expired => expired_token(),
            issuer::Refused::Unknown(problem) => problem,
        })?;
    let actor = external_identity::recognise(&api.cx, &person).await?;
    let actor = actor.ok_or_else(revoked_token)?;
    Ok(Valid {
        caller: Caller {
            person: actor.id,
            session: None,
        },
        role: Some(actor.role),
        expires_at,
    })
}

/// The caller by a valid token. The handler reads the session with what it reads anyway.
impl FromRequestParts<ApiState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        let token = token(&parts.headers)?.ok_or_else(token_required)?;
        verify(token, api).await.map(|valid| valid.caller)
    }
}

impl FromRequestParts<ApiState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        let token = token(&parts.headers)?.ok_or_else(token_required)?;
        recognise(token, api).await
    }
}

impl OptionalFromRequestParts<ApiState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        api: &ApiState,
    ) -> Result<Option<Self>, Problem> {
        match token(&parts.headers)? {
            None => Ok(None),
            Some(token) => recognise(token, api).await.map(Some),
        }
    }
}

/// Admits the caller if `meant` holds for the role.
///
/// # Errors
/// 401 without a valid token, 403 for another role.
async fn one_of(
    parts: &mut Parts,
    api: &ApiState,
    meant: fn(Role) -> bool,
    whom: &str,
) -> Result<Actor, Problem> {
    let SignedIn { actor, .. } =
        <SignedIn as FromRequestParts<ApiState>>::from_request_parts(parts, api).await?;
    if meant(actor.role) {
        return Ok(actor);
    }
    Err(role_not_allowed(whom, actor.role))
}

impl FromRequestParts<ApiState> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        one_of(parts, api, Role::is_staff, "agents and admins")
            .await
            .map(Self)
    }
}

impl FromRequestParts<ApiState> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        one_of(parts, api, |role| role == Role::Admin, "admins")
            .await
            .map(Self)
    }
}

impl FromRequestParts<ApiState> for Requester {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &ApiState) -> Result<Self, Problem> {
        one_of(parts, api, |role| !role.is_staff(), "customers")
            .await
            .map(Self)
    }
}
