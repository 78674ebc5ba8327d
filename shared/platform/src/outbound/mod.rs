//! Calls to addresses that users gave: webhooks and push endpoints. Everything that calls such an address goes through
//! here, and nothing else may.
//!
//! - Private, local and other special addresses are refused when the connection is made, whatever name they have, unless
//!   the operator allows them (`OUTBOUND_ALLOWED`).
//! - Redirects are not followed, the proxy of the environment is not used, and nothing is kept between two calls.
//! - Time and size are bounded, so that a slow or endless response costs little.

mod connector;
mod destination;
mod ranges;

pub use connector::{ConnectError, Resolve, SystemResolver};
pub use destination::{Allowed, Destination, UnfitUrl};

use connector::Guarded;
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{self, HeaderValue},
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use std::{error::Error, fmt, pin::pin, sync::Arc, time::Duration};
use tokio::time::timeout;
use tower_service::Service;

/// The longest time for the connection and its encryption together.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(6);
/// The longest time of a whole call.
pub const CALL_LIMIT: Duration = Duration::from_secs(15);
/// The most bytes of a response that are read.
const MOST_READ: usize = 64 * 1024;
/// The most bytes of the headers of a response.
const MOST_HEADERS: usize = 16 * 1024;
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("BaiTech-Support/", env!("CARGO_PKG_VERSION")));

type Cause = Box<dyn Error + Send + Sync>;

/// Why a call failed. The texts name no address.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The URL is unfit.
    #[error("the URL is unfit: it {0}")]
    Unfit(#[from] UnfitUrl),
    /// There was no connection.
    #[error("there was no connection")]
    Refused(#[source] ConnectError),
    /// The connection could not be encrypted.
    #[error("the connection could not be encrypted")]
    Tls(#[source] Cause),
    /// The call took too long.
    #[error("the call took too long")]
    TimedOut,
    /// The connection ended before the response was complete, or the response was no HTTP.
    #[error("the response broke off")]
    BrokeOff(#[source] Cause),
}

/// A response, of whatever status.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    headers: HeaderMap,
    /// The beginning of the body, up to 64 KiB.
    pub body: Bytes,
}

impl Reply {
    /// The value of a header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Calls addresses that users gave. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    allowed: Arc<Allowed>,
    connector: HttpsConnector<Guarded>,
    limit: Duration,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}

impl Outbound {
    /// Calls with the resolver of the system.
    #[must_use]
    pub fn new(allowed: Allowed) -> Self {
        Self::resolving(allowed, Arc::new(SystemResolver))
    }

    /// Calls with another resolver.
    #[must_use]
    pub fn resolving(allowed: Allowed, resolver: Arc<dyn Resolve>) -> Self {
        let allowed = Arc::new(allowed);
        let guarded = Guarded {
            allowed: Arc::clone(&allowed),
            resolver,
        };
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(guarded);
        Self {
            allowed,
            connector,
            limit: CALL_LIMIT,
        }
    }

    /// The same, with another limit for the time of a whole call.
    #[must_use]
    pub fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Parses and checks a URL that a user gave.
    ///
    /// # Errors
    /// The URL is unfit.
    pub fn destination(&self, text: &str) -> Result<Destination, UnfitUrl> {
        Destination::parse(text, &self.allowed)
    }

    /// Posts a body and reads the response. A redirect is a response like any other.
    ///
    /// # Errors
    /// There was no complete response in time.
    pub async fn post(
        &self,
        to: &Destination,
        headers: &[(&'static str, String)],
        body: impl Into<Bytes>,
    ) -> Result<Reply, CallError> {
        let call = self.call(to, headers, body.into());
        timeout(self.limit, call)
            .await
            .map_err(|_| CallError::TimedOut)?
    }

    async fn call(
        &self,
        to: &Destination,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Reply, CallError> {
        let uri = to.uri().clone();
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let mut request = Request::post(to.path())
            .header(header::HOST, authority)
            .header(header::USER_AGENT, USER_AGENT);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(body)).map_err(broke_off)?;
        let mut connector = self.connector.clone();
        let stream = timeout(HANDSHAKE_LIMIT, connector.call(uri))
            .await
            .map_err(|_| CallError::Refused(ConnectError::TimedOut))?
            .map_err(unconnected)?;
        let (mut sender, connection) = http1::Builder::new()
            .max_buf_size(MOST_HEADERS)
            .handshake(stream)
            .await
            .map_err(broke_off)?;
        let exchange = async {
            let response = sender.send_request(request).await.map_err(broke_off)?;
            read(response).await
        };
        let mut exchange = pin!(exchange);
        tokio::select! {
            reply = &mut exchange => reply,
            // It carries the bytes, and may end before all of them are read here.
            _ = connection => exchange.await,
        }
    }
}

async fn read(response: Response<Incoming>) -> Result<Reply, CallError> {
    let (parts, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(broke_off)?;
        if let Some(bytes) = frame.data_ref() {
            let room = MOST_READ - body.len();
            body.extend(bytes.iter().take(room));
        }
        if body.len() == MOST_READ {
            break;
        }
    }
    Ok(Reply {
        status: parts.status,
        headers: parts.headers,
        body: body.into(),
    })
}

fn broke_off(error: impl Into<Cause>) -> CallError {
    CallError::BrokeOff(error.into())
}

fn unconnected(error: Cause) -> CallError {
    match error.downcast::<ConnectError>() {
        Ok(error) => CallError::Refused(*error),
        Err(error) => CallError::Tls(error),
    }
}

#[cfg(test)]
mod tests;
