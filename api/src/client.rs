//! The address of a client: that of the connection or, behind a trusted proxy, the one that the proxy
//! reports.

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

/// The bits of an IPv6 address that name a network. Its owner chooses the rest.
const NETWORK: u128 = 0xffff_ffff_ffff_ffff << 64;

/// The address of the client of a request. In a test without a connection it is the loopback address.
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

    /// The address under which calls are counted. An IPv6 address counts as its /64 network, since one client
    /// has more addresses there than there are counters.
    #[must_use]
    pub fn group(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
        }
    }
}

/// The client behind the proxies. Each proxy appends the address from which it received the request, so that
/// only entries of trusted proxies can be relied on: the client is the last address that is not trusted.
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

/// An address, with or without a port: some proxies add it.
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
    fn a_client_cannot_claim_another_address() {
        assert_eq!(client("8.8.8.8", &["1.1.1.1"]), "8.8.8.8");
        assert_eq!(client("10.0.0.1", &["9.9.9.9", " 1.1.1.1"]), "1.1.1.1");
    }

    #[test]
    fn the_client_is_the_last_address_that_is_not_a_trusted_proxy() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "10.0.0.2"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3", "10.0.0.2"]), "10.0.0.3");
        assert_eq!(client("::ffff:10.0.0.1", &["1.1.1.1:80"]), "1.1.1.1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:80"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["1.1.1.1", "nonsense"]), "10.0.0.1");
    }

    #[test]
    fn the_addresses_of_an_ipv6_network_count_together() {
        let group = |text: &str| ClientAddress(text.parse().unwrap()).group().to_string();
        assert_eq!(group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(group("192.0.2.7"), "192.0.2.7");
    }
}
