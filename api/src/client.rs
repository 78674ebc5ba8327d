//! Who is at the other end: the address that a connection comes from or, where that is a proxy
//! of ours, the one that the proxy says it comes from.

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{Extensions, HeaderMap, HeaderName, request::Parts},
};
use platform::{config::Http, context::Context};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The bits of an IPv6 address that are a household's; the rest is for it to choose.
const HOUSEHOLD: u128 = 0xffff_ffff_ffff_ffff << 64;

/// The address of whoever sent a request. Within one process, where there is no connection, it is
/// this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    pub(crate) fn of(http: &Http, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip());
        let forwarded = headers.get_all(X_FORWARDED_FOR).iter();
        let forwarded: Vec<_> = forwarded
            .flat_map(|value| value.to_str().unwrap_or("").split(','))
            .collect();
        Self(beyond_proxies(peer, &forwarded, |address| {
            http.trusts(address)
        }))
    }

    /// What to count this address's calls by: somebody with IPv6 has more addresses than there
    /// are counters.
    #[must_use]
    pub fn group(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & HOUSEHOLD).into(),
        }
    }
}

/// Each proxy adds on the right whom it got the request from, so that only what trusted ones
/// added is to be believed: the client is the last whom none of ours vouches for as a proxy.
pub(crate) fn beyond_proxies(
    peer: IpAddr,
    forwarded: &[&str],
    trusts: impl Fn(IpAddr) -> bool,
) -> IpAddr {
    let mut client = peer.to_canonical();
    for entry in forwarded.iter().rev() {
        if !trusts(client) {
            break;
        }
        let Some(before) = address(entry.trim()) else {
            break;
        };
        client = before.to_canonical();
    }
    client
}

/// Some proxies add the port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = |_| text.parse().map(|address: SocketAddr| address.ip());
    text.parse().or_else(with_port).ok()
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress
where
    Context: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let http = &Context::from_ref(state).config.http;
        Ok(Self::of(http, &parts.extensions, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With 10.x.x.x as the proxies.
    fn client(peer: &str, forwarded: &[&str]) -> String {
        let ours = |address: IpAddr| matches!(address, IpAddr::V4(four) if four.octets()[0] == 10);
        beyond_proxies(peer.parse().unwrap(), forwarded, ours).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_that_it_is_somebody_else() {
        assert_eq!(client("8.8.8.8", &["1.1.1.1"]), "8.8.8.8");
        assert_eq!(client("10.0.0.1", &["9.9.9.9", " 1.1.1.1"]), "1.1.1.1");
    }

    #[test]
    fn the_client_is_the_last_that_is_no_proxy_of_ours() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "10.0.0.2"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3", "10.0.0.2"]), "10.0.0.3");
        assert_eq!(client("::ffff:10.0.0.1", &["1.1.1.1:80"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "nonsense"]), "10.0.0.1");
    }

    #[test]
    fn the_addresses_of_a_household_count_together() {
        let group = |text: &str| ClientAddress(text.parse().unwrap()).group().to_string();
        assert_eq!(group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(group("192.0.2.7"), "192.0.2.7");
    }
}
