//! Reads a key set over HTTPS or from a file. Redirects are not followed: the keys come from the configured
//! address only.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, StatusCode, body::Bytes, header};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use std::{error::Error, time::Duration};
use tokio::time::timeout;

/// The longest time for a response of the issuer.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most bytes of a key set.
const LARGEST: usize = 256 * 1024;

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the key set's file could not be read")]
    File(#[source] std::io::Error),
    #[error("the address of the key set is invalid")]
    Address(#[source] hyper::http::Error),
    #[error("the issuer could not be reached")]
    Connection(#[source] hyper_util::client::legacy::Error),
    #[error("the response of the issuer broke off, or is too long")]
    Body(#[source] Box<dyn Error + Send + Sync>),
    #[error("the issuer responded with {0}")]
    Status(StatusCode),
    #[error("the issuer did not respond in time")]
    TimedOut,
    #[error("the response of the issuer is not a key set")]
    Json(#[source] serde_json::Error),
    #[error("the issuer's keys could not be fetched a moment ago")]
    Paused,
}

/// The bytes of the key set at `from`.
///
/// # Errors
/// The key set could not be read.
pub(super) async fn fetch(from: &str) -> Result<Vec<u8>, FetchError> {
    if let Some(file) = from.strip_prefix("file://") {
        return tokio::fs::read(file).await.map_err(FetchError::File);
    }
    timeout(PATIENCE, get(from))
        .await
        .map_err(|_| FetchError::TimedOut)?
}

async fn get(url: &str) -> Result<Vec<u8>, FetchError> {
    let request = Request::get(url)
        .header(header::ACCEPT, "application/jwk-set+json, application/json")
        .body(Empty::<Bytes>::new())
        .map_err(FetchError::Address)?;
    // A new connection each time: at one fetch a minute, a kept one would be closed by the issuer.
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let response = client
        .request(request)
        .await
        .map_err(FetchError::Connection)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    let body = Limited::new(response.into_body(), LARGEST);
    let bytes = body.collect().await.map_err(FetchError::Body)?.to_bytes();
    Ok(bytes.to_vec())
}
