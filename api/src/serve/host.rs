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
mod tests;
