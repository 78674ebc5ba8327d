//! Connects to a host whose addresses are allowed. The name is looked up once, every address is checked, and one of the
//! checked addresses is connected to: a second look-up could have another answer (DNS rebinding).

use super::destination::Allowed;
use async_trait::async_trait;
use hyper::Uri;
use hyper_util::rt::TokioIo;
use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};
use tower_service::Service;

/// The longest time for the look-up and the connection.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// The most addresses of a name that are tried.
const MOST_TRIED: usize = 4;

/// Looks up the addresses of a name.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    ///
    /// # Errors
    /// The name has no address, or the look-up failed.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the system.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Why there is no connection. Users are told the same of each.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL has no host.
    #[error("the URL has no host")]
    NoHost,
    /// The name has no address.
    #[error("the name has no address")]
    Unresolved(#[source] io::Error),
    /// An address of the host may not be called.
    #[error("the host has an address that may not be called")]
    Forbidden,
    /// No address accepted the connection.
    #[error("no address accepted the connection")]
    Closed(#[source] io::Error),
    /// Nobody answered in time.
    #[error("there was no connection within {} s", CONNECT_LIMIT.as_secs())]
    TimedOut,
}

/// The connector. Cheap to clone.
#[derive(Clone)]
pub(super) struct Guarded {
    pub allowed: Arc<Allowed>,
    pub resolver: Arc<dyn Resolve>,
}

impl Guarded {
    async fn connect(self, to: Uri) -> Result<TokioIo<TcpStream>, ConnectError> {
        let host = to.host().ok_or(ConnectError::NoHost)?;
        let usual = if to.scheme_str() == Some("http") {
            80
        } else {
            443
        };
        let port = to.port_u16().unwrap_or(usual);
        let connecting = async {
            let addresses = self.addresses(host).await?;
            first_open(&addresses, port).await
        };
        let stream = timeout(CONNECT_LIMIT, connecting)
            .await
            .map_err(|_| ConnectError::TimedOut)??;
        Ok(TokioIo::new(stream))
    }

    /// The addresses of a host, which are all allowed.
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ConnectError> {
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        let (found, is_named) = if let Ok(address) = literal.parse::<IpAddr>() {
            (vec![address], false)
        } else {
            let found = self.resolver.resolve(host).await;
            let found = found.map_err(ConnectError::Unresolved)?;
            (found, self.allowed.has_name(host))
        };
        // One forbidden address among others is there to be tried: all are refused.
        if found
            .iter()
            .all(|address| is_named || self.allowed.admits(*address))
        {
            Ok(found)
        } else {
            Err(ConnectError::Forbidden)
        }
    }
}

/// Connects to the first of these addresses that accepts.
async fn first_open(addresses: &[IpAddr], port: u16) -> Result<TcpStream, ConnectError> {
    let tried = addresses.len().clamp(1, MOST_TRIED);
    let share = CONNECT_LIMIT / u32::try_from(tried).unwrap_or(1);
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses.iter().take(tried) {
        let connecting = TcpStream::connect(SocketAddr::new(*address, port));
        match timeout(share, connecting).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(match last.kind() {
        io::ErrorKind::NotFound => ConnectError::Unresolved(last),
        io::ErrorKind::TimedOut => ConnectError::TimedOut,
        _ => ConnectError::Closed(last),
    })
}

impl Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = ConnectError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ConnectError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ConnectError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        Box::pin(self.clone().connect(to))
    }
}
