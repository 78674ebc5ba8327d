//! Which addresses of the internet may be called at an address that a user gave. Pure.
//!
//! Everything that is no public unicast address is forbidden, by the registries of special addresses (RFC 6890 and its
//! successors): this machine, private networks, link-local addresses with the metadata services of clouds, and the
//! ranges that translate into such addresses.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Forbidden networks of IPv4: the first address and the length of the prefix.
const FORBIDDEN_V4: [([u8; 4], u8); 16] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // between a provider and its customers
    ([127, 0, 0, 0], 8),      // this machine
    ([168, 63, 129, 16], 32), // the inside of a cloud, at a public number
    ([169, 254, 0, 0], 16),   // link-local, and metadata services
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocol assignments
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // relays to IPv6
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // measurements
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved, and broadcast
];

/// The only network of IPv6 with public unicast addresses. What is outside of it (this machine, private and link-local
/// addresses, translation from IPv4) needs no line of its own.
const PUBLIC_V6: (u16, u8) = (0x2000, 3);

/// Forbidden networks within it: the first groups and the length of the prefix.
const FORBIDDEN_V6: [([u16; 2], u8); 4] = [
    ([0x2001, 0], 23),      // protocol assignments, tunnels over IPv4 among them
    ([0x2001, 0x0db8], 32), // documentation
    ([0x2002, 0], 16),      // tunnels over IPv4
    ([0x3fff, 0], 20),      // documentation
];

/// Whether an address is public, so that anybody may have it called.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !FORBIDDEN_V4.iter().any(|(first, length)| {
            Ipv4Net::new(Ipv4Addr::from(*first), *length)
                .is_ok_and(|network| network.contains(&address))
        }),
        IpAddr::V6(address) => {
            let within = |groups: [u16; 2], length| {
                let first = Ipv6Addr::new(groups[0], groups[1], 0, 0, 0, 0, 0, 0);
                Ipv6Net::new(first, length).is_ok_and(|network| network.contains(&address))
            };
            within([PUBLIC_V6.0, 0], PUBLIC_V6.1)
                && !FORBIDDEN_V6
                    .iter()
                    .any(|(groups, length)| within(*groups, *length))
        }
    }
}

/// Whether a network of the operator's choice contains an address.
#[must_use]
pub fn contains(network: &IpNet, address: IpAddr) -> bool {
    network.contains(&address) || network.contains(&address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn what_is_inside_of_any_network_is_forbidden_in_every_form() {
        for inside in [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!is(inside), "{inside}");
            assert!(!is(&format!("::ffff:{inside}")), "::ffff:{inside}");
            assert!(!is(&format!("64:ff9b::{inside}")), "64:ff9b::{inside}");
            assert!(!is(&format!("::{inside}")), "::{inside}");
        }
        for inside in [
            "::",
            "::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::7f00:1",
            "100::1",
            "5f00::1",
            "2001::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
        ] {
            assert!(!is(inside), "{inside}");
        }
    }

    #[test]
    fn public_addresses_and_the_neighbours_of_forbidden_networks_may_be_called() {
        for public in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2000::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "3ffe::1",
            "3fff:1000::1",
        ] {
            assert!(is(public), "{public}");
        }
    }
}
