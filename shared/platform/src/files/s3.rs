//! The client of a bucket: S3, or a compatible service.

use crate::config::S3;
use crate::files::http::Connector;
use object_store::{
    ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
};
use secrecy::ExposeSecret;
use std::time::Duration;

/// Retries after the first attempt.
const RETRIES: usize = 3;
/// The time after the first attempt in which a retry may begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// The client of a bucket. Nothing is sent yet.
///
/// # Errors
/// The configuration is not usable.
pub fn open(bucket: &S3) -> object_store::Result<AmazonS3> {
    let builder = AmazonS3Builder::new()
        .with_http_connector(Connector)
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(bucket.secret_key.expose_secret())
        // Not every compatible service implements bulk deletion.
        .with_disable_bulk_delete(true)
        .with_client_options(ClientOptions::new())
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: PATIENCE,
            ..RetryConfig::default()
        });
    match &bucket.endpoint {
        // An endpoint with `http://` is an explicit choice of the operator.
        Some(endpoint) => builder
            .with_allow_http(endpoint.starts_with("http://"))
            .with_endpoint(endpoint.trim_end_matches('/')),
        None => builder,
    }
    .build()
}
