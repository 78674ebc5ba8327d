//! Properties of the readers of requests, for any input: no reader panics, and each error names a field that was
//! sent or is known. `PROPTEST_CASES` is the number of cases of each.

use crate::{
    auth,
    client::{ClientAddress, beyond_proxies},
    extract::IfMatch,
    idempotency::{self, IDEMPOTENCY_KEY},
    issuer::Issuer,
    request_id::RequestId,
    routes::{self, Route},
};
use actions::tickets::ExpectedVersion;
use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header},
};
use domain::reader::{Null, ObjectReader};
use futures_util::FutureExt;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, net::IpAddr, sync::LazyLock};

/// A value that HTTP lets through, like `like` or not.
fn any_value(like: &'static str) -> impl Strategy<Value = HeaderValue> {
    let bytes = prop_oneof![
        like.prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
        vec(32_u8..127, 0..300),
    ];
    bytes.prop_filter_map("no header", |bytes| HeaderValue::from_bytes(&bytes).ok())
}

fn headers(name: &HeaderName, values: &[HeaderValue]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name, value.clone());
    }
    headers
}

fn if_match(values: &[HeaderValue]) -> ExpectedVersion {
    let mut request = Request::new(axum::body::Body::empty());
    *request.headers_mut() = headers(&header::IF_MATCH, values);
    let (mut parts, _) = request.into_parts();
    let read = IfMatch::from_request_parts(&mut parts, &()).now_or_never();
    let Some(Ok(IfMatch(read))) = read else {
        panic!("reading a header waits for nothing")
    };
    read
}

proptest! {
    #[test]
    fn versions_that_if_match_names_are_met_and_no_others(
        named in vec(0_i64..1_000, 1..5), present in 0_i64..1_000,
    ) {
        let tags: Vec<_> = named.iter().map(|version| format!("\"{version}\"")).collect();
        let value = HeaderValue::from_str(&tags.join(", ")).unwrap();
        prop_assert_eq!(if_match(&[value]).admits(present), named.contains(&present));
    }

    #[test]
    fn any_if_match_admits_every_version_only_if_it_is_absent_or_a_star(
        values in vec(any_value("(W/)?\"?-?[0-9*]{0,20}\"?(, ?\"[0-9]{1,3}\")*"), 0..4),
    ) {
        let any_will_do = values.is_empty() || matches!(&values[..], [one] if one.as_bytes().trim_ascii() == b"*");
        prop_assert_eq!(if_match(&values) == ExpectedVersion::Any, any_will_do);
    }

    #[test]
    fn any_idempotency_key_is_refused_or_read_as_it_was_sent(
        values in vec(any_value("[!-~]{1,260}"), 0..3),
    ) {
        let read = idempotency::key(&headers(&IDEMPOTENCY_KEY, &values));
        match (read, &values[..]) {
            (Ok(None), []) => {}
            (Ok(Some(key)), [value]) => {
                prop_assert_eq!(key.as_bytes(), value.as_bytes());
                prop_assert!((1..=255).contains(&key.len()));
                prop_assert!(key.bytes().all(|byte| byte.is_ascii_graphic()));
            }
            (Err(_), [_, ..]) => {}
            (read, _) => prop_assert!(false, "{:?} is read as {:?}", values, read),
        }
    }

    #[test]
    fn any_request_id_that_is_taken_from_the_caller_is_sane(value in any_value("[A-Za-z0-9._-]{0,140}")) {
        let name = HeaderName::from_static("x-request-id");
        let taken = RequestId::of_caller(&headers(&name, std::slice::from_ref(&value)));
        let sane = (1..=128).contains(&value.len())
            && value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
        prop_assert_eq!(taken.is_some(), sane);
        if let Some(taken) = taken {
            prop_assert_eq!(taken.as_str().as_bytes(), value.as_bytes());
        }
    }

    #[test]
    fn any_authorization_is_refused_or_is_one_bearer_token(
        values in vec(any_value("(B|b)(E|e)arer {1,3}[!-~]{0,40} ?"), 0..3),
    ) {
        let headers = headers(&header::AUTHORIZATION, &values);
        match (auth::token(&headers), &values[..]) {
            (Ok(None), []) => {}
            (Ok(Some(token)), [value]) => {
                let sent = value.to_str().unwrap();
                let (scheme, rest) = sent.split_once(' ').unwrap();
                prop_assert!(scheme.eq_ignore_ascii_case("bearer"));
                prop_assert_eq!(token, rest.trim());
                // Whatever it is: nothing of it panics where it is judged.
                let _judged = Issuer::is_meant(token);
            }
            (Err(problem), [_, ..]) => prop_assert_eq!(problem.code(), "invalid_token"),
            (read, _) => prop_assert!(false, "{:?} is read as {:?}", values, read),
        }
    }

    #[test]
    fn a_stranger_is_who_the_connection_comes_from_whatever_it_says(
        peer in any::<IpAddr>(), forwarded in vec("\\PC{0,30}|([0-9]{1,3}\\.){3}[0-9]{1,3}(:[0-9]{1,5})?", 0..4),
    ) {
        let forwarded: Vec<_> = forwarded.iter().map(String::as_str).collect();
        let client = beyond_proxies(peer, &forwarded, |_| false);
        prop_assert_eq!(client, peer.to_canonical());
    }

    #[test]
    fn behind_proxies_the_client_is_one_whom_they_name_and_counts_once_for_its_household(
        peer in any::<IpAddr>(), named in vec(any::<IpAddr>(), 0..5), trusted in any::<u8>(),
    ) {
        let texts: Vec<_> = named.iter().map(ToString::to_string).collect();
        let forwarded: Vec<_> = texts.iter().map(String::as_str).collect();
        // Whom one trusts may be anybody, but whether one does is always the same.
        let trusts = |address: IpAddr| address.to_string().len().is_multiple_of(usize::from(trusted % 3) + 1);
        let client = beyond_proxies(peer, &forwarded, trusts);
        let known: Vec<_> = named.iter().chain([&peer]).map(IpAddr::to_canonical).collect();
        prop_assert!(known.contains(&client));
        let group = ClientAddress(client).group();
        prop_assert_eq!(ClientAddress(group).group(), group);
    }
}

/// The routes, with the fields of the body and the parameters of each; and the names of all of them,
/// those of inner fields too.
struct Readers {
    routes: Vec<(Route, BTreeSet<String>, BTreeSet<String>)>,
    names: Vec<String>,
}

static READERS: LazyLock<Readers> = LazyLock::new(|| {
    let (_, routes) = routes::all();
    let mut all: BTreeSet<String> = BTreeSet::new();
    let routes = routes
        .into_iter()
        .map(|route| {
            let mut fields = BTreeSet::new();
            if let Some(schema) = route.operation.body_schema() {
                let properties = schema["properties"].as_object();
                fields.extend(properties.into_iter().flat_map(Map::keys).cloned());
                gather(schema, &mut all);
            }
            let parameters: BTreeSet<_> = route.operation.parameters().into_iter().collect();
            all.extend(parameters.iter().cloned());
            (route, fields, parameters)
        })
        .collect();
    Readers {
        routes,
        names: all.into_iter().collect(),
    }
});

/// The names of all fields of a schema, inner ones too.
fn gather(schema: &Value, names: &mut BTreeSet<String>) {
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        names.insert(name.clone());
        gather(inner, names);
        gather(&inner["items"], names);
    }
    for form in schema["oneOf"].as_array().into_iter().flatten() {
        gather(form, names);
    }
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(READERS.names.clone()), 1 => "\\PC{0,12}"]
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,30}",
        "[\\x00-\\x7f]{0,30}",
        "[-+:.TZ0-9 ]{0,30}",
        "(urgent|open|closed|admin|support|mon|duplicate|me|none|true|technical|en|UTC|Africa/Nairobi)",
        "\\+?[0-9]{0,20}",
        "[a-z.]{0,10}@[a-z.]{0,10}",
        "https?://\\PC{0,20}",
        "[0-2][0-9]:[0-6][0-9]",
        any::<u128>().prop_map(|id| uuid::Uuid::from_u128(id).to_string()),
        (0_usize..25_000).prop_map(|length| "x".repeat(length)),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(|flag| json!(flag)),
        any::<i64>().prop_map(|number| json!(number)),
        (-5_i64..50).prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        any_text().prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::Array),
            vec((any_name(), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The field of the whole that a fault is about.
fn is_of(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn is_word(code: &str) -> bool {
    !code.is_empty()
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

proptest! {
    #[test]
    fn whatever_json_a_route_is_sent_its_reader_names_what_is_wrong_with_it(
        fields in vec((any_name(), any_json()), 0..8), over_the_example in any::<bool>(),
    ) {
        for (route, known, _) in &READERS.routes {
            let Some(example) = route.operation.example() else { continue };
            let mut body = match example {
                Value::Object(example) if over_the_example => example.clone(),
                _ => Map::new(),
            };
            body.extend(fields.clone());
            let names: Vec<_> = body.keys().cloned().collect();
            for field_error in route.operation.errors_of_body(body) {
                let sent = names.iter().any(|name| is_of(&field_error.field, name));
                let wanted = known.iter().any(|name| is_of(&field_error.field, name));
                prop_assert!(sent || wanted, "{} {}: {:?}", route.method, route.path, field_error);
                prop_assert!(is_word(field_error.code) && !field_error.message.is_empty());
            }
        }
    }

    #[test]
    fn whatever_a_query_says_its_reader_names_parameters_that_it_has(
        pairs in vec((any_name(), any_text()), 0..10),
    ) {
        for (route, _, known) in &READERS.routes {
            for field_error in route.operation.errors_of_query(pairs.clone()) {
                prop_assert!(known.contains(&field_error.field), "{}: {:?}", route.path, field_error);
                prop_assert!(is_word(field_error.code) && !field_error.message.is_empty());
            }
        }
    }

    #[test]
    fn json_of_any_depth_is_read_or_refused(value in any_json(), depth in 0_usize..400) {
        let text = format!("{}{value}{}", "[".repeat(depth), "]".repeat(depth));
        let body = serde_json::from_str::<Value>(&text);
        prop_assert!(body.is_ok() || depth > 100);
        if let Ok(value) = body {
            let fields = Map::from_iter([("a".to_owned(), value)]);
            let mut reader = ObjectReader::new(fields, Null::MergePatch);
            reader.texts("a");
            prop_assert!(reader.into_errors().iter().all(|error| is_of(&error.field, "a")));
        }
    }
}

#[test]
fn every_example_of_the_document_is_taken_by_its_reader() {
    let mut taken = 0;
    for (route, ..) in &READERS.routes {
        if let Some(Value::Object(example)) = route.operation.example() {
            let errors = route.operation.errors_of_body(example.clone());
            assert!(errors.is_empty(), "{}: {errors:?}", route.path);
            taken += 1;
        }
    }
    assert!(taken > 20, "only {taken}");
}
