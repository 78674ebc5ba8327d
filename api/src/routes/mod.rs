//! The table of routes: the one list that the router is built from, and that tests walk.

pub mod attachments;
pub mod auth;
pub mod availability;
pub mod customers;
pub mod dashboard;
pub mod document;
pub mod health;
pub mod jobs;
pub mod metrics;
pub mod sla_policies;
pub mod stats;
pub mod survey;
pub mod tickets;
pub mod users;

use crate::{openapi::Operation, state::ApiState, unknown_parameters};
use axum::{
    Router,
    handler::Handler,
    http::{Method, StatusCode},
    routing,
};

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with parameters as `{id}`.
    pub path: &'static str,
    /// What it is for, who may call it, what it reads and answers.
    pub operation: Operation,
}

/// Every route there is, and the router that serves exactly these.
#[rustfmt::skip] // a table: one line for each route
pub fn all() -> (Router<ApiState>, Vec<Route>) {
    let table = Table::default()
        .get("/health/live", health::live, health::live_operation)
        .get("/health/ready", health::ready, health::ready_operation)
        .get("/metrics", metrics::metrics, metrics::operation)
        .get("/docs", document::page, document::page_operation)
        .get("/api/v1/openapi.json", document::json, document::json_operation)
        .post("/api/v1/auth/register", auth::register::register, auth::register::operation)
        .post("/api/v1/auth/login", auth::login::login, auth::login::operation)
        .post("/api/v1/auth/refresh", auth::refresh::refresh, auth::refresh::operation)
        .post("/api/v1/auth/logout", auth::logout::logout, auth::logout::operation)
        .get("/api/v1/auth/me", auth::me::me, auth::me::get_operation)
        .patch("/api/v1/auth/me", auth::me::patch, auth::me::patch_operation)
        .put("/api/v1/auth/password", auth::password::put, auth::password::operation)
        .post("/api/v1/auth/forgot-password", auth::forgot_password::forgot_password, auth::forgot_password::operation)
        .post("/api/v1/auth/reset-password", auth::reset_password::reset_password, auth::reset_password::operation)
        .get("/api/v1/auth/reset-password/{token}", auth::reset_password::get, auth::reset_password::get_operation)
        .post("/api/v1/auth/reset-password/{token}", auth::reset_password::post, auth::reset_password::post_operation)
        .post("/api/v1/auth/confirm-email", auth::confirm_email::confirm_email, auth::confirm_email::operation)
        .get("/api/v1/auth/confirm-email/{token}", auth::confirm_email::get, auth::confirm_email::get_operation)
        .post("/api/v1/auth/confirm-email/{token}", auth::confirm_email::post, auth::confirm_email::post_operation)
        .post("/api/v1/support/tickets", tickets::create::create, tickets::create::operation)
        .get("/api/v1/support/tickets", tickets::list::list, tickets::list::operation)
        .get("/api/v1/support/tickets/{id}", tickets::get::get, tickets::get::operation)
        .get("/api/v1/support/tickets/{id}/messages", tickets::messages::messages, tickets::messages::operation)
        .post("/api/v1/support/tickets/{id}/messages", tickets::add_message::add_message, tickets::add_message::operation)
        .get("/api/v1/support/tickets/{id}/history", tickets::history::history, tickets::history::operation)
        .put("/api/v1/support/tickets/{id}/reopen", tickets::reopen::reopen, tickets::reopen::operation)
        .post("/api/v1/support/tickets/{id}/rate", tickets::rate::rate, tickets::rate::operation)
        .put("/api/v1/support/tickets/{id}/assign", tickets::assign::assign, tickets::assign::operation)
        .put("/api/v1/support/tickets/{id}/status", tickets::status::status, tickets::status::operation)
        .put("/api/v1/support/tickets/{id}/priority", tickets::priority::priority, tickets::priority::operation)
        .put("/api/v1/support/tickets/{id}/close", tickets::close::close, tickets::close::operation)
        .put("/api/v1/support/tickets/{id}/escalate", tickets::escalate::escalate, tickets::escalate::operation)
        .post("/api/v1/support/attachments", attachments::upload::upload, attachments::upload::operation)
        .get("/api/v1/support/attachments/{id}", attachments::download::download, attachments::download::operation)
        .get("/api/v1/support/dashboard", dashboard::get, dashboard::operation)
        .get("/api/v1/support/availability", availability::get, availability::get_operation)
        .put("/api/v1/support/availability", availability::put, availability::put_operation)
        .get("/api/v1/support/customers", customers::list, customers::operation)
        .get("/api/v1/support/survey/{token}", survey::get, survey::get_operation)
        .post("/api/v1/support/survey/{token}", survey::post, survey::post_operation)
        .get("/api/v1/support/stats", stats::get, stats::operation)
        .get("/api/v1/admin/users", users::list::list, users::list::operation)
        .get("/api/v1/admin/users/{id}", users::get::get, users::get::operation)
        .patch("/api/v1/admin/users/{id}", users::patch::patch, users::patch::operation)
        .post("/api/v1/admin/users/{id}/release-tickets", users::release_tickets::post, users::release_tickets::operation)
        .get("/api/v1/admin/sla-policies", sla_policies::get, sla_policies::get_operation)
        .put("/api/v1/admin/sla-policies", sla_policies::put, sla_policies::put_operation)
        .post("/api/v1/admin/sla-policies/simulate", sla_policies::simulate::post, sla_policies::simulate::operation)
        .get("/api/v1/admin/jobs", jobs::list::list, jobs::list::operation)
        .get("/api/v1/admin/jobs/{id}", jobs::get::get, jobs::get::operation)
        .post("/api/v1/admin/jobs/{id}/retry", jobs::retry::post, jobs::retry::operation)
        .post("/api/v1/admin/jobs/{id}/discard", jobs::discard::post, jobs::discard::operation)
        .get("/api/v1/admin/queues", jobs::queues::list, jobs::queues::list_operation)
        .put("/api/v1/admin/queues/{queue}", jobs::queues::put, jobs::queues::put_operation);
    // Set before the layers, so that these wrap paths that lead nowhere as well.
    let router = table.router.fallback(async || StatusCode::NOT_FOUND);
    (router, table.routes)
}

/// Builds the router and remembers what is in it.
#[derive(Default)]
struct Table {
    router: Router<ApiState>,
    routes: Vec<Route>,
}

impl Table {
    fn get<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::GET, path, routing::get(handler), operation)
    }

    fn post<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::POST, path, routing::post(handler), operation)
    }

    fn put<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::PUT, path, routing::put(handler), operation)
    }

    fn patch<H: Handler<T, ApiState>, T: 'static>(
        self,
        path: &'static str,
        handler: H,
        operation: fn() -> Operation,
    ) -> Self {
        self.add(Method::PATCH, path, routing::patch(handler), operation)
    }

    fn add(
        mut self,
        method: Method,
        path: &'static str,
        handler: routing::MethodRouter<ApiState>,
        operation: fn() -> Operation,
    ) -> Self {
        let operation = operation();
        let handler = unknown_parameters::strict(handler, &operation.parameters());
        self.router = self.router.route(path, handler);
        self.routes.push(Route {
            method,
            path,
            operation,
        });
        self
    }
}
