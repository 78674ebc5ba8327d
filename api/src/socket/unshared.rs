//! The request of a socket. It is kept for as long as the socket, and its parts are slices of the buffer that the
//! connection was read into: without copies, each socket at rest would hold 8 KiB for a few hundred bytes.

use axum::{
    extract::OriginalUri,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Uri},
};

/// Replaces the headers and the URI by copies, which hold no more than their own bytes.
pub(super) fn unshare<B>(request: &mut Request<B>) {
    let headers = request.headers().iter();
    let copies = headers.filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    *request.headers_mut() = copies.collect::<HeaderMap>();
    if let Ok(uri) = Uri::try_from(request.uri().to_string()) {
        *request.uri_mut() = uri.clone();
        if let Some(original) = request.extensions_mut().get_mut::<OriginalUri>() {
            original.0 = uri;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Bytes, http::header};

    #[test]
    fn the_request_of_a_socket_holds_nothing_of_the_buffer_that_it_was_read_from() {
        let buffer = Bytes::from(b"/socket.io/?EIO=4 Upgrade, keep-alive".repeat(100));
        let uri = Uri::from_maybe_shared(buffer.slice(..17)).unwrap();
        let mut request = Request::new(());
        *request.uri_mut() = uri.clone();
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        for value in [18..25, 27..37] {
            let value = HeaderValue::from_maybe_shared(buffer.slice(value)).unwrap();
            request.headers_mut().append(header::CONNECTION, value);
        }
        let before = request.headers().clone();
        assert!(!buffer.is_unique());
        unshare(&mut request);
        assert_eq!(*request.uri(), uri);
        assert_eq!(*request.headers(), before);
        drop((uri, before));
        assert!(buffer.is_unique());
    }
}
