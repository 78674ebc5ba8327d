//! A route, with all that is known of it. It is said where the route is declared, and nowhere guessed
//! from its path.

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
    /// Its method.
    pub method: Method,
    /// Its path, with parameters as `{id}`.
    pub path: &'static str,
    /// What it is for, who may call it, what it reads and answers.
    pub operation: Operation,
    /// The heading that the document has it under.
    pub tag: &'static str,
    /// What the parameters of its path name, in their order.
    pub resources: &'static [Resource],
    /// The limit that its calls count towards; `None` where they are not counted.
    pub limit: Option<Rule>,
    /// How long its answer may take, the arrival of the request's body included.
    pub time_limit: Duration,
    /// What becomes of a call that is sent again.
    pub repeats: Repeats,
}

/// What becomes of a call that is sent again under its `Idempotency-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// It is done again: the key says nothing here. For reading; for `/auth`, and for whatever else
    /// answers with secrets, which must not be kept.
    DoneAgain,
    /// It gets the first answer ([`Write::once`](crate::idempotency::Write::once)).
    AnsweredAgain,
}

impl Route {
    /// Whether it minds `Idempotency-Key`.
    #[must_use]
    pub fn takes_key(&self) -> bool {
        self.repeats == Repeats::AnsweredAgain
    }

    /// What its path names first: what there may be none of.
    #[must_use]
    pub const fn resource(&self) -> Option<Resource> {
        self.resources.first().copied()
    }
}

/// Every route, for what stands around all of them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Routes(Arc<[Route]>);

impl From<Vec<Route>> for Routes {
    fn from(routes: Vec<Route>) -> Self {
        Self(routes.into())
    }
}

impl Routes {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Route] {
        &self.0
    }

    /// The one that a request goes to, if there is one.
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
