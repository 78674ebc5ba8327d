//! The table of routes. The router is built from this list, and tests walk it. All properties of a route are
//! declared here, and none is derived from its path.

mod admin_write;
pub mod attachments;
pub mod auth;
pub mod availability;
pub mod customers;
pub mod dashboard;
pub mod document;
pub mod events;
pub mod health;
pub mod jobs;
pub mod metrics;
pub mod notifications;
pub mod push;
mod site;
pub mod sla_policies;
pub mod sms;
pub mod stats;
pub mod survey;
mod table;
pub mod tickets;
pub mod users;
pub mod webhooks;

pub use crate::openapi::Route;

use crate::{
    limits::Rule,
    openapi::Resource::{
        Attachment, Job, Link, Message, Notification, Person, PushSubscription, Queue, Ticket,
        Webhook, WebhookDelivery,
    },
    state::ApiState,
    time_limit::UPLOAD_LIMIT,
};
use axum::{Router, http::StatusCode};
use table::{RouteGroup, Table};

/// All routes, and the router that serves these and what browsers ask for by themselves.
pub fn all() -> (Router<ApiState>, Vec<Route>) {
    let table = operators(administration(support(accounts(Table::default()))));
    // Set before the layers, so that they apply to unknown paths too.
    let router = table.router.merge(site::router());
    let router = router.fallback(async || StatusCode::NOT_FOUND);
    (router, table.routes)
}

/// Accounts and sessions.
#[rustfmt::skip] // a table: one line for each route
fn accounts(table: Table) -> Table {
    table
        .group(RouteGroup::accounts("accounts"))
        .post("/api/v1/auth/register", auth::register::register, auth::register::operation)
        .post("/api/v1/auth/login", auth::login::login, auth::login::operation)
        .post("/api/v1/auth/refresh", auth::refresh::refresh, auth::refresh::operation).counted_as(Rule::Caller)
        .post("/api/v1/auth/logout", auth::logout::logout, auth::logout::operation).counted_as(Rule::Caller)
        .get("/api/v1/auth/me", auth::me::me, auth::me::get_operation)
        .patch("/api/v1/auth/me", auth::me::patch, auth::me::patch_operation)
        .put("/api/v1/auth/password", auth::password::put, auth::password::operation)
        .post("/api/v1/auth/forgot-password", auth::forgot_password::forgot_password, auth::forgot_password::operation)
        .post("/api/v1/auth/reset-password", auth::reset_password::reset_password, auth::reset_password::operation)
        .get("/api/v1/auth/reset-password/{token}", auth::reset_password::get, auth::reset_password::get_operation).names(&[Link])
        .post("/api/v1/auth/reset-password/{token}", auth::reset_password::post, auth::reset_password::post_operation).names(&[Link])
        .post("/api/v1/auth/confirm-email", auth::confirm_email::confirm_email, auth::confirm_email::operation)
        .get("/api/v1/auth/confirm-email/{token}", auth::confirm_email::get, auth::confirm_email::get_operation).names(&[Link])
        .post("/api/v1/auth/confirm-email/{token}", auth::confirm_email::post, auth::confirm_email::post_operation).names(&[Link])
}

/// Tickets, attachments and the other resources of support.
#[rustfmt::skip] // a table: one line for each route
fn support(table: Table) -> Table {
    table
        .group(RouteGroup::of("tickets"))
        .post("/api/v1/support/tickets", tickets::create::create, tickets::create::operation)
        .get("/api/v1/support/tickets", tickets::list::list, tickets::list::operation)
        .get("/api/v1/support/tickets/suggest", tickets::suggest::suggest, tickets::suggest::operation)
        .get("/api/v1/support/tickets/{id}", tickets::get::get, tickets::get::operation).names(&[Ticket])
        .patch("/api/v1/support/tickets/{id}", tickets::edit::edit, tickets::edit::operation).names(&[Ticket])
        .get("/api/v1/support/tickets/{id}/history", tickets::history::history, tickets::history::operation).names(&[Ticket])
        .put("/api/v1/support/tickets/{id}/reopen", tickets::reopen::reopen, tickets::reopen::operation).names(&[Ticket])
        .post("/api/v1/support/tickets/{id}/rate", tickets::rate::rate, tickets::rate::operation).names(&[Ticket])
        .put("/api/v1/support/tickets/{id}/assign", tickets::assign::assign, tickets::assign::operation).names(&[Ticket])
        .put("/api/v1/support/tickets/{id}/status", tickets::status::status, tickets::status::operation).names(&[Ticket])
        .put("/api/v1/support/tickets/{id}/priority", tickets::priority::priority, tickets::priority::operation).names(&[Ticket])
        .put("/api/v1/support/tickets/{id}/close", tickets::close::close, tickets::close::operation).names(&[Ticket])
        .put("/api/v1/support/tickets/{id}/escalate", tickets::escalate::escalate, tickets::escalate::operation).names(&[Ticket])
        .get("/api/v1/support/survey/{token}", survey::get, survey::get_operation).names(&[Link])
        .post("/api/v1/support/survey/{token}", survey::post, survey::post_operation).names(&[Link])
        .group(RouteGroup::of("messages"))
        .get("/api/v1/support/tickets/{id}/messages", tickets::messages::messages, tickets::messages::operation).names(&[Ticket])
        .post("/api/v1/support/tickets/{id}/messages", tickets::add_message::add_message, tickets::add_message::operation).names(&[Ticket])
        .delete("/api/v1/support/tickets/{id}/messages/{messageId}", tickets::redact::redact, tickets::redact::operation).names(&[Ticket, Message])
        .group(RouteGroup::of("attachments"))
        .post("/api/v1/support/attachments", attachments::upload::upload, attachments::upload::operation).within(UPLOAD_LIMIT)
        .get("/api/v1/support/attachments/{id}", attachments::download::download, attachments::download::operation).names(&[Attachment])
        .group(RouteGroup::of("agents"))
        .get("/api/v1/support/dashboard", dashboard::get, dashboard::operation)
        .get("/api/v1/support/availability", availability::get, availability::get_operation)
        .put("/api/v1/support/availability", availability::put, availability::put_operation)
        .get("/api/v1/support/customers", customers::list, customers::operation)
        .group(RouteGroup::of("events"))
        .get("/api/v1/events", events::list, events::operation)
        .group(RouteGroup::of("notifications"))
        .get("/api/v1/notifications", notifications::list::list, notifications::list::operation)
        .put("/api/v1/notifications/{id}/read", notifications::read::put, notifications::read::operation).names(&[Notification])
        .put("/api/v1/notifications/read-all", notifications::read_all::put, notifications::read_all::operation)
        .get("/api/v1/notifications/preferences", notifications::preferences::get, notifications::preferences::get_operation)
        .put("/api/v1/notifications/preferences", notifications::preferences::put, notifications::preferences::put_operation)
        .get("/api/v1/notifications/unsubscribe/{token}", notifications::unsubscribe::get, notifications::unsubscribe::get_operation).names(&[Link])
        .post("/api/v1/notifications/unsubscribe/{token}", notifications::unsubscribe::post, notifications::unsubscribe::post_operation).names(&[Link])
        .get("/api/v1/notifications/push", push::list::list, push::list::operation)
        .post("/api/v1/notifications/push/subscriptions", push::subscribe::post, push::subscribe::operation)
        .delete("/api/v1/notifications/push/subscriptions/{id}", push::unsubscribe::delete, push::unsubscribe::operation).names(&[PushSubscription])
        .group(RouteGroup::callbacks("notifications"))
        .post("/api/v1/notifications/sms/twilio/{token}", sms::twilio::post, sms::twilio::operation).names(&[Link])
        .post("/api/v1/notifications/sms/africas-talking/{token}", sms::africas_talking::post, sms::africas_talking::operation).names(&[Link])
        .group(RouteGroup::of("statistics"))
        .get("/api/v1/support/stats", stats::overview::get, stats::overview::operation)
        .get("/api/v1/support/stats/agents", stats::agents::get, stats::agents::operation)
        .get("/api/v1/support/stats/departments", stats::departments::get, stats::departments::operation)
        .get("/api/v1/support/stats/categories", stats::categories::get, stats::categories::operation)
        .get("/api/v1/support/stats/sla", stats::sla::get, stats::sla::operation)
        .get("/api/v1/support/stats/satisfaction", stats::satisfaction::get, stats::satisfaction::operation)
        .get("/api/v1/support/stats/backlog", stats::backlog::get, stats::backlog::operation)
}

/// Administration.
#[rustfmt::skip] // a table: one line for each route
fn administration(table: Table) -> Table {
    table
        .group(RouteGroup::of("users"))
        .get("/api/v1/admin/users", users::list::list, users::list::operation)
        .get("/api/v1/admin/users/{id}", users::get::get, users::get::operation).names(&[Person])
        .patch("/api/v1/admin/users/{id}", users::patch::patch, users::patch::operation).names(&[Person])
        .post("/api/v1/admin/users/{id}/release-tickets", users::release_tickets::post, users::release_tickets::operation).names(&[Person])
        .group(RouteGroup::of("sla-policies"))
        .get("/api/v1/admin/sla-policies", sla_policies::get, sla_policies::get_operation)
        .put("/api/v1/admin/sla-policies", sla_policies::put, sla_policies::put_operation)
        .post("/api/v1/admin/sla-policies/simulate", sla_policies::simulate::post, sla_policies::simulate::operation)
        .group(RouteGroup::of("webhooks"))
        .get("/api/v1/admin/webhooks", webhooks::list::list, webhooks::list::operation)
        .post("/api/v1/admin/webhooks", webhooks::create::post, webhooks::create::operation)
        .get("/api/v1/admin/webhooks/{id}", webhooks::get::get, webhooks::get::operation).names(&[Webhook])
        .patch("/api/v1/admin/webhooks/{id}", webhooks::patch::patch, webhooks::patch::operation).names(&[Webhook])
        .delete("/api/v1/admin/webhooks/{id}", webhooks::delete::delete, webhooks::delete::operation).names(&[Webhook])
        .post("/api/v1/admin/webhooks/{id}/test", webhooks::test::post, webhooks::test::operation).names(&[Webhook])
        .post("/api/v1/admin/webhooks/{id}/rotate-secret", webhooks::rotate_secret::post, webhooks::rotate_secret::operation).names(&[Webhook])
        .get("/api/v1/admin/webhooks/{id}/deliveries", webhooks::deliveries::list, webhooks::deliveries::operation).names(&[Webhook])
        .post("/api/v1/admin/webhooks/{id}/deliveries/{deliveryId}/redeliver", webhooks::redeliver::post, webhooks::redeliver::operation).names(&[Webhook, WebhookDelivery])
        .group(RouteGroup::of("jobs"))
        .get("/api/v1/admin/jobs", jobs::list::list, jobs::list::operation)
        .get("/api/v1/admin/jobs/{id}", jobs::get::get, jobs::get::operation).names(&[Job])
        .post("/api/v1/admin/jobs/{id}/retry", jobs::retry::post, jobs::retry::operation).names(&[Job])
        .post("/api/v1/admin/jobs/{id}/discard", jobs::discard::post, jobs::discard::operation).names(&[Job])
        .get("/api/v1/admin/queues", jobs::queues::list, jobs::queues::list_operation)
        .put("/api/v1/admin/queues/{queue}", jobs::queues::put, jobs::queues::put_operation).names(&[Queue])
}

/// The routes for operators, and the document of the API.
#[rustfmt::skip] // a table: one line for each route
fn operators(table: Table) -> Table {
    table
        .group(RouteGroup::outside("system"))
        .get("/health/live", health::live, health::live_operation)
        .get("/health/ready", health::ready, health::ready_operation)
        .get("/metrics", metrics::metrics, metrics::operation)
        .get("/docs", document::page, document::page_operation)
        .group(RouteGroup::of("system"))
        .get("/api/v1/openapi.json", document::json, document::json_operation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{openapi::Repeats, time_limit::LIMIT};
    use axum::http::Method;

    /// The routes for which `holds` is true, as `METHOD path`.
    fn those(holds: impl Fn(&Route) -> bool) -> Vec<String> {
        let (_, routes) = all();
        let those = routes.iter().filter(|route| holds(route));
        those
            .map(|route| format!("{} {}", route.method, route.path))
            .collect()
    }

    #[test]
    fn every_path_parameter_names_a_resource() {
        let others = those(|route| route.path.matches('{').count() != route.resources.len());
        assert_eq!(others, [""; 0]);
    }

    #[test]
    fn logins_registrations_and_password_calls_have_a_limit_of_their_own() {
        let guarded = those(|route| route.limit == Some(Rule::Authentication));
        let expected = [
            "POST /api/v1/auth/register",
            "POST /api/v1/auth/login",
            "PATCH /api/v1/auth/me",
            "PUT /api/v1/auth/password",
            "POST /api/v1/auth/forgot-password",
            "POST /api/v1/auth/reset-password",
            "POST /api/v1/auth/reset-password/{token}",
            "POST /api/v1/auth/confirm-email",
            "POST /api/v1/auth/confirm-email/{token}",
        ];
        assert_eq!(guarded, expected);
        let uncounted = those(|route| route.limit.is_none());
        let expected = [
            "GET /health/live",
            "GET /health/ready",
            "GET /metrics",
            "GET /docs",
        ];
        assert_eq!(uncounted, expected);
    }

    #[test]
    fn only_uploads_may_take_longer() {
        let longer = those(|route| route.time_limit != LIMIT);
        assert_eq!(longer, ["POST /api/v1/support/attachments"]);
        assert!(UPLOAD_LIMIT > LIMIT);
    }

    #[test]
    fn every_write_but_those_under_auth_and_callbacks_takes_a_key_and_no_other_call_does() {
        let others = those(|route| {
            let is_write = route.method != Method::GET;
            let is_of_accounts = route.path.starts_with("/api/v1/auth/");
            let is_callback = route.path.starts_with("/api/v1/notifications/sms/");
            let takes_key = is_write && !is_of_accounts && !is_callback;
            (route.repeats == Repeats::AnsweredAgain) != takes_key
        });
        assert_eq!(others, [""; 0]);
    }
}
