//! How routes are declared: builds the router, and remembers what is in it.

use crate::{
    limits::Rule,
    openapi::{Operation, Repeats, Resource, Route},
    state::ApiState,
    time_limit::LIMIT,
    unknown_parameters,
};
use axum::{Router, handler::Handler, http::Method, routing};
use std::time::Duration;

/// What the routes that follow have in common, unless one of them says otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct RouteGroup {
    tag: &'static str,
    reads: Option<Rule>,
    writes: Option<Rule>,
    repeated_writes: Repeats,
}

impl RouteGroup {
    /// Of the API: every write is done once for each key.
    pub const fn of(tag: &'static str) -> Self {
        Self {
            tag,
            reads: Some(Rule::Caller),
            writes: Some(Rule::Caller),
            repeated_writes: Repeats::AnsweredAgain,
        }
    }

    /// Of accounts and logins: writes take addresses and passwords, and answer with secrets.
    pub const fn accounts(tag: &'static str) -> Self {
        Self {
            writes: Some(Rule::Authentication),
            repeated_writes: Repeats::DoneAgain,
            ..Self::of(tag)
        }
    }

    /// Of the process, and not of the API: not counted.
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
    section: RouteGroup,
}

impl Table {
    /// From here on the routes are of that section.
    pub fn section(self, section: RouteGroup) -> Self {
        Self { section, ..self }
    }

    pub fn get<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::GET, path, routing::get(handler), operation)
    }

    pub fn post<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::POST, path, routing::post(handler), operation)
    }

    pub fn put<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::PUT, path, routing::put(handler), operation)
    }

    pub fn patch<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::PATCH, path, routing::patch(handler), operation)
    }

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
        let section = self.section;
        let (limit, repeats) = if method == Method::GET {
            (section.reads, Repeats::DoneAgain)
        } else {
            (section.writes, section.repeated_writes)
        };
        let operation = operation();
        let handler = unknown_parameters::strict(handler, &operation.parameters());
        self.router = self.router.route(path, handler);
        self.routes.push(Route {
            method,
            path,
            operation,
            tag: section.tag,
            resources: &[],
            limit,
            time_limit: LIMIT,
            repeats,
        });
        self
    }

    /// What the parameters of the route just declared name, in their order.
    pub fn names(self, resources: &'static [Resource]) -> Self {
        self.set(|route| route.resources = resources)
    }

    /// The limit that calls to the route just declared count towards.
    pub fn counted_as(self, rule: Rule) -> Self {
        self.set(|route| route.limit = Some(rule))
    }

    /// How long an answer of the route just declared may take.
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
