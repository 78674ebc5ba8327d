//! The URLs that users may give. Pure.
//!
//! They are parsed as browsers parse them (WHATWG URL), so that `2130706433` and `0x7f.1` are addresses and not names.
//! What a name stands for is looked up, and checked, when it is called.

use super::ranges;
use hyper::Uri;
use ipnet::IpNet;
use std::{fmt, net::IpAddr};
use url::{Host, Url};

/// The most bytes of a URL.
const LONGEST: usize = 2_048;

/// What the operator allows beside public addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Hosts, with whatever address they have, and any scheme and port.
    pub names: Vec<String>,
    /// Networks.
    pub networks: Vec<IpNet>,
}

impl Allowed {
    /// The host of a URL that the operator chose, and nothing else.
    #[must_use]
    pub fn host_of(url: &str) -> Self {
        let url = Url::parse(url).ok();
        let mut allowed = Self::default();
        match url.as_ref().and_then(Url::host) {
            Some(Host::Domain(name)) => allowed.names.push(name.to_owned()),
            Some(Host::Ipv4(address)) => allowed.networks.push(IpAddr::from(address).into()),
            Some(Host::Ipv6(address)) => allowed.networks.push(IpAddr::from(address).into()),
            None => {}
        }
        allowed
    }

    /// Whether the operator allows a host by its name.
    #[must_use]
    pub fn has_name(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(host))
    }

    /// Whether an address may be called.
    #[must_use]
    pub fn admits(&self, address: IpAddr) -> bool {
        ranges::is_public(address) || self.has_address(address)
    }

    fn has_address(&self, address: IpAddr) -> bool {
        let mut networks = self.networks.iter();
        networks.any(|network| ranges::contains(network, address))
    }

    fn has(&self, host: &Host<&str>) -> bool {
        match *host {
            Host::Domain(name) => self.has_name(name),
            Host::Ipv4(address) => self.has_address(address.into()),
            Host::Ipv6(address) => self.has_address(address.into()),
        }
    }
}

/// A URL that may be called, unless its name turns out to stand for a forbidden address.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination {
    url: Url,
    uri: Uri,
}

/// Why a URL is unfit. Each is the end of a sentence that begins with the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitUrl {
    /// It is no URL.
    #[error("must be an absolute URL, such as https://hooks.example.com/tickets")]
    Invalid,
    /// It is too long.
    #[error("must have 2048 bytes at most")]
    TooLong,
    /// It is not encrypted.
    #[error("must begin with https://")]
    Scheme,
    /// It has another port.
    #[error("must have the port 443, which is the default")]
    Port,
    /// It has a user name or a password.
    #[error("must have no user name and no password")]
    Credentials,
    /// Its address is not public.
    #[error("must have a public address")]
    Address,
}

impl Destination {
    /// Parses and checks a URL that a user gave.
    ///
    /// # Errors
    /// The URL is unfit.
    pub fn parse(text: &str, allowed: &Allowed) -> Result<Self, UnfitUrl> {
        if text.len() > LONGEST {
            return Err(UnfitUrl::TooLong);
        }
        // The parser would drop these.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(UnfitUrl::Invalid);
        }
        let mut url = Url::parse(text).map_err(|_| UnfitUrl::Invalid)?;
        let is_https = url.scheme() == "https";
        if !is_https && url.scheme() != "http" {
            return Err(UnfitUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UnfitUrl::Credentials);
        }
        let host = url.host().ok_or(UnfitUrl::Invalid)?;
        if !allowed.has(&host) {
            let address = match host {
                Host::Domain(_) => None,
                Host::Ipv4(address) => Some(IpAddr::from(address)),
                Host::Ipv6(address) => Some(address.into()),
            };
            if !is_https {
                return Err(UnfitUrl::Scheme);
            }
            if address.is_some_and(|address| !ranges::is_public(address)) {
                return Err(UnfitUrl::Address);
            }
            if url.port_or_known_default() != Some(443) {
                return Err(UnfitUrl::Port);
            }
        }
        url.set_fragment(None);
        if url.as_str().len() > LONGEST {
            return Err(UnfitUrl::TooLong);
        }
        // What is called is parsed by stricter rules.
        match url.as_str().parse() {
            Ok(uri) => Ok(Self { url, uri }),
            Err(hyper::http::uri::InvalidUri { .. }) => Err(UnfitUrl::Invalid),
        }
    }

    /// The URL, as it is called.
    pub(super) const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Scheme, host and port: what a circuit breaker is about.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The path with the query, for the request.
    pub(super) fn path(&self) -> String {
        let path = self.url.path();
        match self.url.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        }
    }
}

/// A URL may hold a token: it is kept out of logs.
impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Destination(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), UnfitUrl> {
        Destination::parse(text, &Allowed::default()).map(drop)
    }

    #[test]
    fn a_public_https_url_is_fit() {
        for fit in [
            "https://hooks.example.com/tickets?token=a",
            "https://hooks.example.com:443/",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://bücher.example/",
            // Its address is looked at when it is called.
            "https://localhost/",
        ] {
            assert_eq!(check(fit), Ok(()), "{fit}");
        }
    }

    #[test]
    fn an_address_of_the_inside_is_found_in_every_spelling() {
        for inside in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "%31%32%37.0.0.1",
            "①②⑦.0.0.1",
            "127。0。0。1",
            "0",
            "169.254.169.254",
            "2852039166",
            "10.0.0.1",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[2002:7f00:1::]",
        ] {
            let url = format!("https://{inside}/");
            assert_eq!(check(&url), Err(UnfitUrl::Address), "{inside}");
        }
    }

    #[test]
    fn anything_else_is_unfit_for_its_own_reason() {
        let long = format!("https://example.com/{}", "a".repeat(2_048));
        for (url, reason) in [
            ("", UnfitUrl::Invalid),
            ("hooks.example.com", UnfitUrl::Invalid),
            ("https://", UnfitUrl::Invalid),
            ("https://[fe80::1%25eth0]/", UnfitUrl::Invalid),
            ("https://exa mple.com/", UnfitUrl::Invalid),
            ("https://example.com/\n", UnfitUrl::Invalid),
            ("http://example.com/", UnfitUrl::Scheme),
            ("ftp://example.com/", UnfitUrl::Scheme),
            ("file:///etc/passwd", UnfitUrl::Scheme),
            ("https://example.com:8443/", UnfitUrl::Port),
            ("https://example.com:80/", UnfitUrl::Port),
            ("https://user@example.com/", UnfitUrl::Credentials),
            ("https://:secret@example.com/", UnfitUrl::Credentials),
            (long.as_str(), UnfitUrl::TooLong),
        ] {
            assert_eq!(check(url), Err(reason), "{url}");
        }
    }

    #[test]
    fn the_operator_allows_hosts_by_name_and_by_network_with_any_scheme_and_port() {
        let allowed = Allowed {
            names: vec!["hooks.internal".to_owned()],
            networks: vec!["10.1.0.0/16".parse().unwrap()],
        };
        let check = |text: &str| Destination::parse(text, &allowed).map(drop);
        for fit in [
            "http://hooks.internal:8080/",
            "http://HOOKS.internal./",
            "http://10.1.2.3:9000/",
            "https://[::ffff:10.1.2.3]/",
        ] {
            assert_eq!(check(fit), Ok(()), "{fit}");
        }
        assert_eq!(check("https://10.2.0.1/"), Err(UnfitUrl::Address));
        assert_eq!(check("http://other.internal/"), Err(UnfitUrl::Scheme));
        assert_eq!(
            check("http://user@hooks.internal/"),
            Err(UnfitUrl::Credentials)
        );
    }
}
