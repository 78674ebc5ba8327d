//! The signature of Twilio's calls: the HMAC-SHA1, under the auth token, of the whole URL and the sorted fields of the form
//! (<https://www.twilio.com/docs/usage/security>). The URL is that which Twilio was given, never that of the request, whose
//! `Host` anybody may choose. Pure.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key};
use std::collections::BTreeSet;

/// Whether a signature is that of a call with these fields to this URL. Twilio sometimes signs the URL with its default
/// port, and sometimes without.
pub(super) fn is_signed(
    auth_token: &str,
    url: &str,
    fields: &[(String, String)],
    signature: &str,
) -> bool {
    let Ok(tag) = STANDARD.decode(signature) else {
        return false;
    };
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.as_bytes());
    // Of several equal pairs one counts.
    let sorted: BTreeSet<_> = fields.iter().map(|(name, value)| (name, value)).collect();
    let fields: String = sorted
        .into_iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()])
        .collect();
    // In constant time: how much of a guess was right must not show.
    spellings(url)
        .iter()
        .any(|url| hmac::verify(&key, format!("{url}{fields}").as_bytes(), &tag).is_ok())
}

/// The URL without a port, and with one.
fn spellings(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Vec::new();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = authority
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let usual = if scheme == "https" { "443" } else { "80" };
    let (host, port) = port.unwrap_or((authority, usual));
    vec![
        format!("{scheme}://{host}{path}"),
        format!("{scheme}://{host}:{port}{path}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";
    const URL: &str = "https://support.example.com/api/v1/notifications/sms/twilio/00000000-0000-0000-0000-000000000007";

    fn fields(more: &[(&str, &str)]) -> Vec<(String, String)> {
        let usual = [
            ("MessageSid", "SM0123456789abcdef0123456789abcdef"),
            ("MessageStatus", "delivered"),
            ("To", "+254712345678"),
            ("From", "BaiTech"),
            ("AccountSid", "AC0123456789abcdef0123456789abcdef"),
            ("ApiVersion", "2010-04-01"),
            ("SmsSid", "SM0123456789abcdef0123456789abcdef"),
            ("SmsStatus", "delivered"),
        ];
        let all = usual.iter().chain(more);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// Computed by `RequestValidator` of Twilio's library for Python, version 9.
    #[test]
    fn the_signatures_of_twilios_own_library_are_valid() {
        let text = [("Body", "Été à l’hôtel +1 & more")];
        for (more, signature) in [
            (&[][..], "PiZdwTdbIvU7i94+Kk7M5h8hgJc="),
            // With the default port in the URL.
            (&[], "X0kXKwPreeJ+/2+zFz7MEukeECI="),
            (&text, "RRrbD7a77IpdxF8LQikCrnUugJk="),
        ] {
            assert!(
                is_signed(TOKEN, URL, &fields(more), signature),
                "{signature}"
            );
        }
        let many = [("b", "2"), ("a", "z"), ("b", "1"), ("b", "2")];
        let many = many.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert!(is_signed(
            TOKEN,
            "https://support.example.com/x",
            &many,
            "2ubAdVn6zdPVrvTramLhhdN/NGQ="
        ));
    }

    #[test]
    fn whatever_differs_makes_a_signature_invalid() {
        let signature = "PiZdwTdbIvU7i94+Kk7M5h8hgJc=";
        assert!(!is_signed("another token", URL, &fields(&[]), signature));
        assert!(!is_signed(
            TOKEN,
            &format!("{URL}?a=b"),
            &fields(&[]),
            signature
        ));
        assert!(!is_signed(
            TOKEN,
            &URL.replace("https", "http"),
            &fields(&[]),
            signature
        ));
        assert!(!is_signed(TOKEN, URL, &fields(&[("a", "")]), signature));
        assert!(!is_signed(TOKEN, URL, &[], signature));
        for other in [
            "",
            "nonsense",
            "PiZdwTdbIvU7i94+Kk7M5h8hgJ",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert!(!is_signed(TOKEN, URL, &fields(&[]), other), "{other}");
        }
    }

    #[test]
    fn a_url_is_spelled_with_its_port_and_without() {
        for (url, with, without) in [
            (
                "https://a.example/x",
                "https://a.example:443/x",
                "https://a.example/x",
            ),
            (
                "http://a.example/x",
                "http://a.example:80/x",
                "http://a.example/x",
            ),
            (
                "https://a.example:8443/x",
                "https://a.example:8443/x",
                "https://a.example/x",
            ),
            (
                "https://[::1]:8443/x",
                "https://[::1]:8443/x",
                "https://[::1]/x",
            ),
        ] {
            assert_eq!(spellings(url), [without, with]);
        }
    }
}
