//! Checks settings that are valid and not safe, or that lead nowhere.

use super::report::Report;
use platform::config::{Config, StaffRegistration, StaffRoles};
use std::net::IpAddr;

/// Checks the settings. Private servers are for local trials, where less is unsafe.
pub(super) fn check(report: &mut Report, config: &Config, is_private: bool) {
    let before = report.len();
    about_accounts(report, config, is_private);
    about_limits(report, config);
    about_outbound(report, config);
    if !is_private {
        about_addresses(report, config);
        about_push(report, config);
    }
    if report.len() == before {
        report.ok("settings", "none is unsafe");
    }
}

fn about_accounts(report: &mut Report, config: &Config, is_private: bool) {
    let auth = &config.auth;
    let is_reachable = !config.http.listen.ip().is_loopback();
    if auth.staff_registration == StaffRegistration::Open && (is_reachable || !is_private) {
        report.warn(
            "settings.staff",
            "STAFF_REGISTRATION=open: anybody may register as an agent and read tickets",
            "Set it to closed",
        );
    }
    if auth.previous_jwt_secret.is_some() {
        report.warn(
            "settings.secret",
            "JWT_SECRET_PREVIOUS is set: the secret before the last change is still accepted",
            "Remove it 15 minutes after the change, or 7 days where links in account mails have to stay valid",
        );
    }
    if !is_private && auth.bootstrap_admin.is_some() {
        report.warn(
            "settings.admin",
            "BOOTSTRAP_ADMIN_PASSWORD is set: it is of no use once there is an admin",
            "Log in, change the password, and remove it and BOOTSTRAP_ADMIN_EMAIL",
        );
    }
    let outside = auth.outside.as_ref();
    if outside.is_some_and(|issuer| issuer.staff_roles == StaffRoles::Believed) {
        report.warn(
            "settings.issuer",
            "AUTH_JWKS_TRUST_ROLES: the other issuer decides who is an agent or an admin here",
            "Keep it only if that issuer lets nobody choose a role",
        );
    }
}

fn about_limits(report: &mut Report, config: &Config) {
    let limits = config.http.rate_limits;
    for (name, limit) in [
        ("RATE_LIMIT_PER_MINUTE", limits.per_caller),
        ("RATE_LIMIT_AUTH_PER_MINUTE", limits.authentication),
    ] {
        if limit.is_none() {
            let found = format!("{name}=0: calls are not limited");
            report.warn("settings.limits", found, "Set it, except for a load test");
        }
    }
    if config.http.sockets_per_address.is_none() {
        report.warn(
            "settings.limits",
            "SOCKET_LIMIT_PER_ADDRESS=0: one address can take all connections, without a login",
            "Set it, except for a load test",
        );
    }
}

/// Networks that no receiver of webhooks is in: this machine, and the metadata services of clouds.
fn about_outbound(report: &mut Report, config: &Config) {
    let inside = [
        IpAddr::from([127, 0, 0, 1]),
        IpAddr::from([169, 254, 169, 254]),
    ];
    if let Some(address) = inside.into_iter().find(|one| config.outbound.admits(*one)) {
        report.warn(
            "settings.outbound",
            format!("OUTBOUND_ALLOWED allows {address}: every admin can have it called"),
            "Name the receivers of webhooks alone",
        );
    }
    let push = &config.push.allowed;
    if let Some(address) = inside.into_iter().find(|one| push.admits(*one)) {
        report.warn(
            "settings.outbound",
            format!("PUSH_ALLOWED allows {address}: every person can have it called"),
            "Leave it empty, or name a push service of your own alone",
        );
    }
}

fn about_addresses(report: &mut Report, config: &Config) {
    let (http, url) = (&config.http, &config.http.public_url);
    let is_local = ["//localhost", "//127.", "//[::1]", "//0.0.0.0"]
        .iter()
        .any(|local| url.contains(local));
    if is_local {
        report.warn(
            "settings.url",
            format!("PUBLIC_URL is {url}: links in mails lead to the reader's own machine"),
            "Set it to the address at which people reach this system",
        );
    } else if url.starts_with("http://") {
        report.warn(
            "settings.url",
            format!("PUBLIC_URL is {url}: passwords and tokens travel unencrypted"),
            "Put a proxy with TLS in front, and set PUBLIC_URL to https://…",
        );
    } else if http.trusted_proxies.is_empty() {
        // This program speaks no TLS: something in front does.
        report.warn(
            "settings.proxy",
            "PUBLIC_URL is https and TRUSTED_PROXIES is empty: all clients count as one address, in the limits of sockets, \
             uploads and logins",
            "Set TRUSTED_PROXIES to the address or network of the proxy",
        );
    }
    let is_reachable = !http.listen.ip().is_loopback();
    if is_reachable && config.watching.token.is_none() && http.trusted_proxies.is_empty() {
        report.warn(
            "settings.metrics",
            "/metrics needs no token, and anybody who reaches the port may read it",
            "Set METRICS_TOKEN",
        );
    }
}

/// Whom push services write to. Apple refuses a contact at localhost, others do not, so that it is found late.
fn about_push(report: &mut Report, config: &Config) {
    if config.push.has_local_contact() {
        report.warn(
            "settings.push",
            format!(
                "push messages name {} as their contact: some push services refuse that",
                config.push.contact
            ),
            "Set PUSH_CONTACT, or MAIL_FROM, to an address that can be reached",
        );
    }
}
