//! How routes are declared: builds the router and the list of its routes.

use crate::{
    limits::Rule,
    openapi::{Operation, Repeats, Resource, Route},
    state::ApiState,
    time_limit::LIMIT,
    unknown_parameters,
};
use axum::{Router, handler::Handler, http::Method, routing};
use std::time::Duration;

/// The common properties of the routes that follow, which a route may override.
#[derive(Debug, Clone, Copy)]
pub(super) struct RouteGroup {
    tag: &'static str,
    reads: Option<Rule>,
    writes: Option<Rule>,
    repeated_writes: Repeats,
}

impl RouteGroup {
    /// Routes of the API: every write is done once for each idempotency key.
    pub const fn of(tag: &'static str) -> Self {
        Self {
            tag,
            reads: Some(Rule::Caller),
            writes: Some(Rule::Caller),
            repeated_writes: Repeats::AnsweredAgain,
        }
    }

    /// Routes of accounts and sessions: writes take addresses and passwords, and respond with secrets.
    pub const fn accounts(tag: &'static str) -> Self {
        Self {
            writes: Some(Rule::Authentication),
            repeated_writes: Repeats::DoneAgain,
            ..Self::of(tag)
        }
    }

    /// Routes that a service calls, at an address that it was given. A repeat is harmless, and has no key.
    pub const fn callbacks(tag: &'static str) -> Self {
        Self {
            repeated_writes: Repeats::DoneAgain,
            ..Self::of(tag)
        }
    }

    /// Routes outside of the API, whose calls are not counted.
    pub const fn outside(tag: &'static str) -> Self {
        Self {
            reads: None,
            writes: None,
            ..Self::of(tag)
        }
    }
}

impl Default for RouteGroup {
    fn default() -> Self {
        Self::of("api")
    }
}

/// Routes that are being declared.
#[derive(Default)]
pub(super) struct Table {
    pub router: Router<ApiState>,
    pub routes: Vec<Route>,
    group: RouteGroup,
}

impl Table {
    /// The routes that follow belong to this group.
    pub fn group(self, group: RouteGroup) -> Self {
        Self { group, ..self }
    }

    /// Declares a `GET` route.
    pub fn get<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::GET, path, routing::get(handler), operation)
    }

    /// Declares a `POST` route.
    pub fn post<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::POST, path, routing::post(handler), operation)
    }

    /// Declares a `PUT` route.
    pub fn put<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::PUT, path, routing::put(handler), operation)
    }

    /// Declares a `PATCH` route.
    pub fn patch<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::PATCH, path, routing::patch(handler), operation)
    }

    /// Declares a `DELETE` route.
    pub fn delete<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::DELETE, path, routing::delete(handler), operation)
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        handler: routing::MethodRouter<ApiState>,
        operation: fn() -> Operation,
    ) -> Self {
        let group = self.group;
        let (limit, repeats) = if method == Method::GET {
            (group.reads, Repeats::DoneAgain)
        } else {
            (group.writes, group.repeated_writes)
        };
        let operation = operation();
        let handler = unknown_parameters::strict(handler, &operation.parameters());
        self.router = self.router.route(path, handler);
        self.routes.push(Route {
            method,
            path,
            operation,
            tag: group.tag,
            resources: &[],
            limit,
            time_limit: LIMIT,
            repeats,
        });
        self
    }

    /// The resources that the path parameters of the last route name, in their order.
    pub fn names(self, resources: &'static [Resource]) -> Self {
        self.set(|route| route.resources = resources)
    }

    /// The rate limit of the last route.
    pub fn counted_as(self, rule: Rule) -> Self {
        self.set(|route| route.limit = Some(rule))
    }

    /// The time limit of the last route.
    pub fn within(self, limit: Duration) -> Self {
        self.set(|route| route.time_limit = limit)
    }

    fn set(mut self, set: impl FnOnce(&mut Route)) -> Self {
        if let Some(declared) = self.routes.last_mut() {
            set(declared);
        }
        self
    }
}
