//! The client of a bucket: S3 itself, or whatever speaks like it.

use crate::config::S3;
use crate::files::http::Connector;
use object_store::{
    ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
};
use secrecy::ExposeSecret;
use std::time::Duration;

/// How often a call is made again after the first time.
const RETRIES: usize = 3;
/// How long after its beginning a call is made again.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn open(bucket: &S3) -> object_store::Result<AmazonS3> {
    let builder = AmazonS3Builder::new()
        .with_http_connector(Connector)
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(bucket.secret_key.expose_secret())
        // Not everything that speaks S3 knows how to delete many at once.
        .with_disable_bulk_delete(true)
        .with_client_options(ClientOptions::new())
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: PATIENCE,
            ..RetryConfig::default()
        });
    match &bucket.endpoint {
        // That it is http is written there, where it is.
        Some(endpoint) => builder
            .with_allow_http(endpoint.starts_with("http://"))
            .with_endpoint(endpoint.trim_end_matches('/')),
        None => builder,
    }
    .build()
}
