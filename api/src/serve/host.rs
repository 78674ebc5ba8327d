//! `Host`: an HTTP/1.1 request has the header once, and in its form (RFC 9112, section 3.2). A request with
//! two could name one server to a proxy and another to us.

use crate::error::Problem;
use axum::http::{HeaderMap, Request, StatusCode, Version, header};
use std::net::Ipv6Addr;

/// Whether the request has one well-formed `Host`. HTTP/1.0 may have none.
pub(super) fn is_fit<B>(request: &Request<B>) -> bool {
    is_fit_in(request.version(), request.headers())
}

fn is_fit_in(version: Version, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => version < Version::HTTP_11,
        (Some(host), None) => is_host(host.as_bytes()),
        (Some(_), Some(_)) => false,
    }
}

/// 400: `Host` is missing, repeated or malformed.
pub(super) fn unfit() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_host",
        "Send the header `Host` once, with the host that you connect to and its port if it is not the default.",
    )
}

/// `uri-host [ ":" port ]` (RFC 9110, section 7.2). The host may be empty, for a target URI without an
/// authority.
fn is_host(value: &[u8]) -> bool {
    let (host, port) = match value.iter().rposition(|byte| *byte == b':') {
        // Not a colon within an IPv6 address.
        Some(colon) if !value.ends_with(b"]") => value.split_at(colon),
        _ => (value, &[][..]),
    };
    let port = port.strip_prefix(b":").unwrap_or(port);
    let bracketed = host.strip_prefix(b"[").map(|rest| rest.strip_suffix(b"]"));
    port.iter().all(u8::is_ascii_digit)
        && match bracketed {
            Some(Some(address)) => is_address(address),
            Some(None) => false,
            None => is_name(host),
        }
}

/// The part in brackets (RFC 3986, section 3.2.2).
fn is_address(address: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(address) else {
        return false;
    };
    let Some(future) = text.strip_prefix(['v', 'V']) else {
        return text.parse::<Ipv6Addr>().is_ok();
    };
    future.split_once('.').is_some_and(|(version, rest)| {
        let fits = |byte: u8| byte == b':' || is_plain(byte);
        !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !rest.is_empty()
            && rest.bytes().all(fits)
    })
}

/// `reg-name`, which covers IPv4 addresses too.
fn is_name(mut name: &[u8]) -> bool {
    loop {
        name = match name {
            [] => return true,
            [b'%', high, low, rest @ ..] if [high, low].iter().all(|c| c.is_ascii_hexdigit()) => {
                rest
            }
            [byte, rest @ ..] if is_plain(*byte) => rest,
            _ => return false,
        };
    }
}

/// `unreserved` and `sub-delims`.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn headers(hosts: &[&str]) -> HeaderMap {
        let values = hosts.iter().map(|host| HeaderValue::from_str(host));
        values.map(|value| (header::HOST, value.unwrap())).collect()
    }

    #[test]
    fn a_request_has_its_host_once_and_before_http_1_1_perhaps_not_at_all() {
        for (version, hosts, fits) in [
            (Version::HTTP_11, &["here"][..], true),
            (Version::HTTP_11, &[], false),
            (Version::HTTP_11, &["here", "here"], false),
            (Version::HTTP_11, &["here there"], false),
            (Version::HTTP_10, &[], true),
            (Version::HTTP_10, &["here"], true),
            (Version::HTTP_10, &["here", "there"], false),
            (Version::HTTP_10, &["here there"], false),
        ] {
            let found = is_fit_in(version, &headers(hosts));
            assert_eq!(found, fits, "{version:?} {hosts:?}");
        }
    }

    #[test]
    fn a_host_has_its_form() {
        for host in [
            "",
            "here",
            "support.example.com:5000",
            "support.example.com:",
            "127.0.0.1:5000",
            "[::1]",
            "[2001:db8::1]:5000",
            "[v1.fe80:x]",
            "a%20b",
            "under_score",
        ] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for host in [
            "here there",
            "here, there",
            "here:port",
            "here:80:90",
            "me@here",
            "http://here",
            "here/path",
            "here?x",
            "here#x",
            "a%2",
            "a%zz",
            "::1",
            "[::1",
            "::1]",
            "[::1]x",
            "[]",
            "[1.2.3.4]",
            "[v.x]",
            "caf\u{e9}",
            "a\"b",
        ] {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }

    proptest! {
        #[test]
        fn every_authority_without_a_person_is_a_host(
            host in "[a-z0-9._~-]{0,20}|\\[::[0-9a-f]{1,4}\\]",
            port in "(:[0-9]{0,5})?",
        ) {
            let value = format!("{host}{port}");
            prop_assert!(is_host(value.as_bytes()));
        }

        #[test]
        fn whatever_is_no_part_of_an_authority_makes_no_host(
            before in "[a-z]{0,5}", other in "[/?#@\\\\ \"<>^`{|}]", after in "[a-z]{0,5}",
        ) {
            let value = format!("{before}{other}{after}");
            prop_assert!(!is_host(value.as_bytes()));
        }
    }
}
