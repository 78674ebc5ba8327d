//! The parameters of the path.

use crate::error::Problem;
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use domain::{
    field_error::{FieldError, UnknownWord},
    queue::Queue,
};
use std::{convert::Infallible, str::FromStr};

/// The id in the path: the first of its parameters.
#[derive(Debug, Clone, Default)]
pub struct PathId(String);

impl PathId {
    /// The id that `read` finds; `what` describes a valid id for the error text.
    ///
    /// # Errors
    /// 400 that names `id`. It does not tell whether the resource exists.
    pub fn read<T>(&self, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Problem> {
        read(&self.0).ok_or_else(|| {
            Problem::bad_query(vec![FieldError {
                field: "id".to_owned(),
                code: "invalid_id",
                message: format!("must be {what}"),
            }])
        })
    }

    /// As [`PathId::read`], for a type that is parsed from text.
    ///
    /// # Errors
    /// 400 that names `id`.
    pub fn parse<T: FromStr>(&self, what: &str) -> Result<T, Problem> {
        self.read(what, |id| id.parse().ok())
    }

    /// The queue of that name.
    ///
    /// # Errors
    /// 400 that names `queue`.
    pub fn queue(&self) -> Result<Queue, Problem> {
        self.0.parse().map_err(|unknown: UnknownWord| {
            Problem::bad_query(vec![FieldError {
                field: "queue".to_owned(),
                code: "unknown_value",
                message: unknown.to_string(),
            }])
        })
    }

    /// The parameter as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(parameter(parts, state, 0).await))
    }
}

/// The second parameter of the path: the id of a part of the first resource.
#[derive(Debug, Clone, Default)]
pub struct InnerId(String);

impl InnerId {
    /// The id; `name` is the name of the parameter, `what` describes a valid id for the error text.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn parse<T: FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        self.0.parse().map_err(|_| {
            Problem::bad_query(vec![FieldError {
                field: name.to_owned(),
                code: "invalid_id",
                message: format!("must be {what}"),
            }])
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InnerId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(parameter(parts, state, 1).await))
    }
}

/// A parameter of the path. One that cannot be decoded is empty, and so the id of nothing.
async fn parameter<S: Send + Sync>(parts: &mut Parts, state: &S, at: usize) -> String {
    RawPathParams::from_request_parts(parts, state)
        .await
        .ok()
        .and_then(|params| params.iter().nth(at).map(|(_, value)| value.to_owned()))
        .unwrap_or_default()
}
