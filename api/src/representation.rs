//! A text that many clients ask for: compressed once, and known to their caches by its `ETag` (RFC 9110, sections
//! 8.8.3 and 12.5.3).

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// A text, and the same text compressed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Representation {
    content_type: HeaderValue,
    plain: Coded,
    /// `None` if the compression failed, which memory alone could cause.
    gzip: Option<Coded>,
}

#[derive(Debug, Clone)]
struct Coded {
    tag: String,
    bytes: Bytes,
}

impl Representation {
    /// The representation of a text of that type.
    #[must_use]
    pub fn new(content_type: &'static str, text: String) -> Self {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&text));
        Self::tagged(content_type, text, Compression::best(), |coding| {
            format!("\"{digest}{coding}\"")
        })
    }

    /// The representation of a text whose parts that matter are `version`: texts with the same version count as the same,
    /// so that their tag is weak. It is made for one request.
    #[must_use]
    pub fn of_version(content_type: &'static str, text: String, version: &str) -> Self {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(version));
        Self::tagged(content_type, text, Compression::fast(), |coding| {
            format!("W/\"{digest}{coding}\"")
        })
    }

    fn tagged(
        content_type: &'static str,
        text: String,
        compression: Compression,
        tag: impl Fn(&str) -> String,
    ) -> Self {
        let gzip = compressed(&text, compression).ok().map(|bytes| Coded {
            tag: tag("-gzip"),
            bytes,
        });
        Self {
            content_type: HeaderValue::from_static(content_type),
            plain: Coded {
                tag: tag(""),
                bytes: text.into(),
            },
            gzip,
        }
    }

    /// The response to a request with these headers: 304 if the client has the text already.
    #[must_use]
    pub fn respond(&self, request: &HeaderMap) -> Response {
        let gzip = self
            .gzip
            .as_ref()
            .filter(|_| accepts(request, header::ACCEPT_ENCODING, "gzip"));
        let sent = gzip.unwrap_or(&self.plain);
        let mut headers = HeaderMap::new();
        let vary = HeaderValue::from_static("accept, accept-encoding");
        headers.insert(header::VARY, vary);
        // Caches keep it, and ask whether it is still the same.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        if let Ok(tag) = HeaderValue::from_str(&sent.tag) {
            headers.insert(header::ETAG, tag);
        }
        if has(request, &sent.tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        if gzip.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        (headers, sent.bytes.clone()).into_response()
    }
}

fn compressed(text: &str, compression: Compression) -> io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), compression);
    encoder.write_all(text.as_bytes())?;
    Ok(encoder.finish()?.into())
}

/// Whether `If-None-Match` names the tag, which counts as weak there.
fn has(request: &HeaderMap, tag: &str) -> bool {
    entries(request, header::IF_NONE_MATCH).any(|known| known == "*" || weak(known) == weak(tag))
}

/// A tag without the mark of a weak one, which makes no difference here.
fn weak(tag: &str) -> &str {
    tag.trim_start_matches("W/")
}

/// Whether a list of preferences such as `Accept` names `what`, and does not refuse it by `q=0`.
pub(crate) fn accepts(request: &HeaderMap, list: header::HeaderName, what: &str) -> bool {
    entries(request, list).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let is_named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(what));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        is_named && weight != Some(0.0)
    })
}

fn entries(request: &HeaderMap, list: header::HeaderName) -> impl Iterator<Item = &str> {
    let lines = request
        .get_all(list)
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::to_bytes, http::HeaderName};
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn page() -> Representation {
        Representation::new("text/html; charset=utf-8", "a page ".repeat(500))
    }

    fn asked(headers: &[(HeaderName, &'static str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        page().respond(&headers.collect())
    }

    #[tokio::test]
    async fn a_client_that_accepts_gzip_gets_it_and_others_the_text() {
        let packed = asked(&[(header::ACCEPT_ENCODING, "br, gzip;q=0.8")]);
        assert_eq!(packed.headers()[header::CONTENT_ENCODING], "gzip");
        let bytes = to_bytes(packed.into_body(), 1 << 20).await.unwrap();
        assert!(bytes.len() < 200, "{}", bytes.len());
        let mut text = String::new();
        GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a page ".repeat(500));
        for refused in ["gzip;q=0", "br", ""] {
            let plain = asked(&[(header::ACCEPT_ENCODING, refused)]);
            assert!(
                !plain.headers().contains_key(header::CONTENT_ENCODING),
                "{refused}"
            );
            assert_eq!(plain.headers()[header::VARY], "accept, accept-encoding");
        }
    }

    #[test]
    fn a_client_that_has_the_text_gets_304_with_the_tag_of_its_coding() {
        let first = asked(&[]);
        let tag = first.headers()[header::ETAG].clone();
        let packed = asked(&[(header::ACCEPT_ENCODING, "gzip")]);
        assert_ne!(
            packed.headers()[header::ETAG],
            tag,
            "another coding is another representation"
        );
        let with = |tags: String| {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, tags.parse().unwrap())]);
            page().respond(&headers).status()
        };
        let tag = tag.to_str().unwrap();
        assert_eq!(with(format!("\"old\", W/{tag}")), StatusCode::NOT_MODIFIED);
        assert_eq!(with("*".to_owned()), StatusCode::NOT_MODIFIED);
        assert_eq!(with("\"old\"".to_owned()), StatusCode::OK);
    }
}
