//! Who is asking. Extractors that let the right people through: 401 without a good token, 403
//! for the wrong role. Role, activity and session are looked up each time, so that a change
//! takes effect at once.

use crate::{
    error::Problem,
    issuer::{self, Issuer},
    state::ApiState,
    token::Refused,
};
use actions::people::external_identity::{self, ExternalPerson};
use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use domain::{
    actor::Actor,
    ids::{SessionId, UserId},
    people::Role,
};

/// Anybody who is logged in. As `Option<SignedIn>`: nobody without the header, but a header that
/// is there must be good.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    /// Who, in the present role.
    pub actor: Actor,
    /// The login; there is none for those who come with a token of an outside issuer.
    pub session: Option<SessionId>,
}

/// An agent or an admin.
#[derive(Debug, Clone, Copy)]
pub struct Staff(pub Actor);

/// An admin.
#[derive(Debug, Clone, Copy)]
pub struct Admin(pub Actor);

/// A customer, technician or corporate customer.
#[derive(Debug, Clone, Copy)]
pub struct Requester(pub Actor);

const GOOD_TOKEN_NEEDED: &str = r#"Bearer error="invalid_token""#;

/// The token of `Authorization: Bearer …`; `None` without the header.
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

fn refused(code: &'static str, detail: &str) -> Problem {
    Problem::unauthenticated(code, detail, GOOD_TOKEN_NEEDED)
}

/// Whose token it is, by its signature alone: whether the login is over is not asked.
pub(crate) enum Bearer {
    /// Somebody with an account here.
    Ours(UserId),
    /// Somebody whom an outside issuer knows, by whatever account.
    Outside(ExternalPerson),
}

/// The person whose token it is, if it is a good one.
pub(crate) fn bearer(headers: &HeaderMap, api: &ApiState) -> Option<Bearer> {
    let token = token(headers).ok().flatten()?;
    let now = api.cx.clock.now();
    match &api.issuer {
        Some(issuer) if Issuer::is_meant(token) => issuer.known(token, now).map(Bearer::Outside),
        Some(_) | None => {
            let bearer = api.tokens.verify(token, now).ok()?;
            Some(Bearer::Ours(bearer.user))
        }
    }
}

async fn recognise(token: &str, api: &ApiState) -> Result<SignedIn, Problem> {
    match &api.issuer {
        Some(issuer) if Issuer::is_meant(token) => recognise_outside(token, issuer, api).await,
        Some(_) | None => recognise_ours(token, api).await,
    }
}

async fn recognise_ours(token: &str, api: &ApiState) -> Result<SignedIn, Problem> {
    let bearer = api
        .tokens
        .verify(token, api.cx.clock.now())
        .map_err(|why| match why {
            Refused::Invalid => invalid_token(),
            Refused::Expired => expired_token(),
        })?;
    let role = actions::people::role_in_session(&api.cx.pool, bearer.user, bearer.session)
        .await?
        .ok_or_else(revoked_token)?;
    Ok(SignedIn {
        actor: Actor {
            id: bearer.user,
            role,
        },
        session: Some(bearer.session),
    })
}

/// The first request of somebody makes the account.
async fn recognise_outside(
    token: &str,
    issuer: &Issuer,
    api: &ApiState,
) -> Result<SignedIn, Problem> {
    let person = issuer
        .verify(token, api.cx.clock.now())
        .await
        .map_err(|why| match why {
            issuer::Refused::Invalid => invalid_token(),
            issuer::Refused::Expired => expired_token(),
            issuer::Refused::Unknown(problem) => problem,
        })?;
    let actor = external_identity::recognise(&api.cx, &person).await?;
    Ok(SignedIn {
        actor: actor.ok_or_else(revoked_token)?,
        session: None,
    })
}

/// 401: there is no token.
pub(crate) fn token_required() -> Problem {
    let detail = "Log in, and send `Authorization: Bearer <token>`.";
    Problem::unauthenticated("token_required", detail, "Bearer")
}

/// 403: this is for others than those of that role.
pub(crate) fn role_not_allowed(whom: &str, role: Role) -> Problem {
    let detail = format!("This is for {whom}; your role is {role}.");
    Problem::new(StatusCode::FORBIDDEN, "role_not_allowed", detail)
}

pub(crate) fn invalid_token() -> Problem {
    refused("invalid_token", "The access token is not one of ours.")
}

fn expired_token() -> Problem {
    refused(
        "token_expired",
        "The access token has expired: get another with the refresh token.",
    )
}

fn revoked_token() -> Problem {
    refused(
        "token_revoked",
        "This login is over, or the account is not active: log in again.",
    )
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

/// Lets the caller through if the role is one of those meant.
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
