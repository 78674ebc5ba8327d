//! The versions of a ticket that the caller accepts.

use actions::tickets::ExpectedVersion;
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use std::convert::Infallible;

/// `If-Match: "7"`, or several versions (RFC 9110, section 13.1.1). `*` and an absent header accept any version;
/// weak tags and tags of other formats match no version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(pub ExpectedVersion);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let tags = parts.headers.get_all(header::IF_MATCH).iter();
        let tags: Vec<_> = tags
            .flat_map(|value| value.to_str().unwrap_or("").split(','))
            .map(str::trim)
            .collect();
        Ok(Self(match *tags.as_slice() {
            [] | ["*"] => ExpectedVersion::Any,
            _ => ExpectedVersion::OneOf(tags.into_iter().filter_map(version).collect()),
        }))
    }
}

fn version(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::Request;

    async fn if_match(tags: &[&str]) -> ExpectedVersion {
        let mut request = Request::new(axum::body::Body::empty());
        for tag in tags {
            let headers = request.headers_mut();
            headers.append(header::IF_MATCH, tag.parse().unwrap());
        }
        let (mut parts, _) = request.into_parts();
        let Ok(IfMatch(expected)) = IfMatch::from_request_parts(&mut parts, &()).await;
        expected
    }

    #[tokio::test]
    async fn any_version_that_is_named_will_do() {
        let any: [&[&str]; 2] = [&[], &["*"]];
        for tags in any {
            assert_eq!(if_match(tags).await, ExpectedVersion::Any, "{tags:?}");
        }
        let met: [&[&str]; 4] = [
            &["\"7\""],
            &["\"6\", \"7\""],
            &["\"6\"", "\"7\""],
            &["W/\"6\",\"7\""],
        ];
        for tags in met {
            assert!(if_match(tags).await.admits(7), "{tags:?}");
        }
        for unmet in ["\"6\"", "W/\"7\"", "7", "", "\"x\"", "\"6\", *"] {
            assert!(!if_match(&[unmet]).await.admits(7), "{unmet}");
        }
    }
}
