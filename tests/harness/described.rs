//! Every failure that any test sees has to be one that the document names for its operation.

use super::Answer;
use api::{openapi::Codes, problems};
use axum::http::{Method, header};
use std::sync::LazyLock;

struct Described {
    method: Method,
    path: &'static str,
    failures: Codes,
}

static OPERATIONS: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let (_, routes) = api::routes::all();
    routes
        .into_iter()
        .map(|route| Described {
            failures: route.failures(),
            method: route.method,
            path: route.path,
        })
        .collect()
});

/// Fails unless the answer's code is among those of its operation, and its type leads to the text about the code.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let content = answer.headers.get(header::CONTENT_TYPE);
    if content.is_none_or(|content| content != "application/problem+json") || answer.body == "" {
        return;
    }
    let code = answer.body["code"].as_str().unwrap();
    let known =
        problems::of(code).unwrap_or_else(|| panic!("{code} is not in the table of problems"));
    assert_eq!(answer.body["type"], problems::uri(code), "{code}");
    assert_eq!(answer.body["title"], known.title, "{code}");
    let status = answer.status.as_u16();
    assert!(
        known.status == status || code == problems::OF_ANY_STATUS,
        "{status} {code}"
    );
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let Some(operation) = OPERATIONS
        .iter()
        .find(|operation| operation.method == *method && leads_to(operation.path, path))
    else {
        return;
    };
    let named = operation.failures.get(&answer.status.as_u16());
    assert!(
        named.is_some_and(|codes| codes.contains(code)),
        "{method} {}: {} {code} is not in the document",
        operation.path,
        answer.status,
    );
}

/// Whether the path is one of the template's.
fn leads_to(template: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    let fits = template
        .split('/')
        .all(|wanted| match (wanted, parts.next()) {
            (_, None) => false,
            (wanted, Some(part)) => wanted.starts_with('{') || wanted == part,
        });
    fits && parts.next().is_none()
}
