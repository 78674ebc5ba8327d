//! What may be called beside public addresses, at addresses that users gave: one list for webhooks, which admins name,
//! and one for push services, which every person names.

use crate::{
    config::{
        http::{network, parse_list},
        reader::Reader,
    },
    outbound::Allowed,
};
use ipnet::IpNet;

/// An entry of the list.
enum Entry {
    Name(String),
    Network(IpNet),
}

/// Reads what a setting allows.
pub fn allowed(read: &mut Reader, setting: &str) -> Allowed {
    let what = "a host name, an address or a network, such as hooks.internal or 10.0.0.0/8";
    let entries = parse_list(read, setting, entry, what);
    let mut allowed = Allowed::default();
    for entry in entries {
        match entry {
            Entry::Name(name) => allowed.names.push(name),
            Entry::Network(network) => allowed.networks.push(network),
        }
    }
    allowed
}

fn entry(text: &str) -> Option<Entry> {
    if let Some(network) = network(text) {
        return Some(Entry::Network(network));
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    // A mistyped address is no name: names do not end with a number.
    let last = text.rsplit('.').next()?;
    let is_name = !last.is_empty() && !last.bytes().all(|byte| byte.is_ascii_digit());
    (is_name && text.bytes().all(plain)).then(|| Entry::Name(text.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_network_or_a_name() {
        assert!(matches!(entry("10.0.0.0/8"), Some(Entry::Network(_))));
        assert!(matches!(entry("::1"), Some(Entry::Network(_))));
        assert!(
            matches!(entry("Hooks.internal"), Some(Entry::Name(name)) if name == "hooks.internal")
        );
        for bad in [
            "10.0.0.0/33",
            "10.0.0.256",
            "*.internal",
            "https://a.internal",
            "a.internal:80",
            ".",
        ] {
            assert!(entry(bad).is_none(), "{bad}");
        }
    }
}
