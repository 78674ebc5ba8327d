//! A route and its properties. They are declared in the table of routes, and never derived from the path.

use super::{Operation, Resource};
use crate::limits::Rule;
use axum::{
    extract::{MatchedPath, Request},
    http::Method,
};
use std::{sync::Arc, time::Duration};

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with parameters as `{id}`.
    pub path: &'static str,
    /// The purpose, the access, the input and the responses.
    pub operation: Operation,
    /// The heading of the route in the document.
    pub tag: &'static str,
    /// The resources that the path parameters name, in their order.
    pub resources: &'static [Resource],
    /// The rate limit of the calls; `None` where they are not counted.
    pub limit: Option<Rule>,
    /// The longest time for a response, with the arrival of the request body.
    pub time_limit: Duration,
    /// The effect of a repeated call.
    pub repeats: Repeats,
}

/// The effect of a repeated call with the same `Idempotency-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// The call is done again, and the key is ignored. For reads, and for calls whose response holds a secret,
    /// such as those under `/auth`: such responses must not be kept.
    DoneAgain,
    /// The repeat gets the first response ([`Write::once`](crate::idempotency::Write::once)).
    AnsweredAgain,
}

impl Route {
    /// Whether the route uses `Idempotency-Key`.
    #[must_use]
    pub fn takes_key(&self) -> bool {
        self.repeats == Repeats::AnsweredAgain
    }

    /// The first resource in the path, which may not exist.
    #[must_use]
    pub const fn resource(&self) -> Option<Resource> {
        self.resources.first().copied()
    }
}

/// All routes, for the middlewares. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Routes(Arc<[Route]>);

impl From<Vec<Route>> for Routes {
    fn from(routes: Vec<Route>) -> Self {
        Self(routes.into())
    }
}

impl Routes {
    /// All routes.
    #[must_use]
    pub fn all(&self) -> &[Route] {
        &self.0
    }

    /// The route of a request, if there is one.
    #[must_use]
    pub fn of(&self, request: &Request) -> Option<&Route> {
        let path = request.extensions().get::<MatchedPath>()?.as_str();
        let method = match request.method() {
            &Method::HEAD => &Method::GET,
            method => method,
        };
        let mut routes = self.0.iter();
        routes.find(|route| route.path == path && route.method == *method)
    }
}
