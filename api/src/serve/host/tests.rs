//! Requests by their host: once, and well formed.

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
