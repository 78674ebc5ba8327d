//! The settings of the API: its address, its proxies and origins, and its rate limits.

use crate::config::{reader::Reader, ticket_url::TicketUrl};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
};

/// The API.
#[derive(Debug)]
pub struct Http {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The public address, without a slash at the end.
    pub public_url: String,
    /// Where people read a ticket, if there is such a page.
    pub ticket_url: Option<TicketUrl>,
    /// The proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The origins whose pages may call it (CORS).
    pub cors_origins: Vec<String>,
    /// The rate limits.
    pub rate_limits: RateLimits,
    /// The most sockets of one address at a time, in each process: 1 to 1 000 000; `None`: no limit.
    pub sockets_per_address: Option<NonZeroU32>,
}

impl Http {
    /// Whether an address is that of a trusted proxy.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// Requests per minute, 1 to 1 000 000; `None`: no limit.
#[derive(Debug, Clone, Copy)]
pub struct RateLimits {
    /// For a signed-in person, or the address of an anonymous client.
    pub per_caller: Option<NonZeroU32>,
    /// For an address that logs in, registers or changes passwords.
    pub authentication: Option<NonZeroU32>,
}

/// Reads the settings of the API.
pub fn http(read: &mut Reader) -> Http {
    let listen = SocketAddr::new(
        read.parsed(
            "HOST",
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            "an IP address, such as 127.0.0.1 or 0.0.0.0",
        ),
        read.number("PORT", 0..=65_535),
    );
    Http {
        listen,
        public_url: public_url(read, listen),
        ticket_url: ticket_url(read),
        trusted_proxies: parse_list(
            read,
            "TRUSTED_PROXIES",
            network,
            "an address or a network, such as 10.0.0.0/8",
        ),
        cors_origins: parse_list(
            read,
            "CORS_ORIGINS",
            origin,
            "an origin, such as https://app.example.com (no path, no `*`)",
        ),
        rate_limits: RateLimits {
            per_caller: limit(read, "RATE_LIMIT_PER_MINUTE"),
            authentication: limit(read, "RATE_LIMIT_AUTH_PER_MINUTE"),
        },
        sockets_per_address: limit(read, "SOCKET_LIMIT_PER_ADDRESS"),
    }
}

fn public_url(read: &mut Reader, listen: SocketAddr) -> String {
    match read.text("PUBLIC_URL") {
        "" => format!("http://{listen}"),
        _ => read
            .url("PUBLIC_URL", &["http", "https"])
            .trim_end_matches('/')
            .to_owned(),
    }
}

fn ticket_url(read: &mut Reader) -> Option<TicketUrl> {
    let text = read.text("TICKET_URL");
    if text.is_empty() {
        return None;
    }
    let parsed = TicketUrl::parse(text);
    if parsed.is_none() {
        read.problem(
            "TICKET_URL",
            "must be a URL that begins with http:// or https:// and has {number} once, after the host",
        );
    }
    parsed
}

/// The parts of a comma-separated list, each parsed. `what` names the expected form.
pub(super) fn parse_list<T>(
    read: &mut Reader,
    name: &str,
    parse: fn(&str) -> Option<T>,
    what: &str,
) -> Vec<T> {
    let mut parsed = Vec::new();
    let parts = read.text(name).split(',').map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        match parse(part) {
            Some(value) => parsed.push(value),
            None => read.problem(name, format_args!("has `{part}`, which is not {what}")),
        }
    }
    parsed
}

/// Parses a network; a single address is a network of one.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .or_else(|_| text.parse().map(IpAddr::into))
        .ok()
}

/// Parses an origin as browsers send it: scheme, host and a port that is not the default, in lower
/// case.
fn origin(text: &str) -> Option<String> {
    let (scheme, host) = text.split_once("://")?;
    let is_scheme = matches!(scheme, "http" | "https");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_host = !host.is_empty() && host.bytes().all(plain);
    (is_scheme && is_host).then(|| text.to_ascii_lowercase())
}

fn limit(read: &mut Reader, name: &str) -> Option<NonZeroU32> {
    NonZeroU32::new(read.number(name, 0..=1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let has = |network: Option<IpNet>, address: &str| {
            network
                .unwrap()
                .contains(&address.parse::<IpAddr>().unwrap())
        };
        assert!(has(network("10.0.0.0/8"), "10.9.8.7"));
        assert!(!has(network("10.0.0.0/8"), "11.0.0.1"));
        assert!(has(network("127.0.0.1"), "127.0.0.1"));
        assert!(!has(network("127.0.0.1"), "127.0.0.2"));
        assert!(has(network("fd00::/8"), "fd12::1"));
        assert_eq!(network("proxy.example.com"), None);
        assert_eq!(network("10.0.0.0/33"), None);
    }

    #[test]
    fn an_origin_has_a_scheme_and_a_host_and_nothing_else() {
        for good in [
            "https://app.example.com",
            "http://localhost:3000",
            "http://[::1]:8080",
        ] {
            assert_eq!(origin(good).as_deref(), Some(good));
        }
        assert_eq!(
            origin("https://App.Example.com").as_deref(),
            Some("https://app.example.com")
        );
        for bad in [
            "*",
            "null",
            "app.example.com",
            "https://",
            "https://*.example.com",
            "https://a.example.com/",
            "https://a.example.com/path",
            "ftp://a.example.com",
        ] {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }
}
