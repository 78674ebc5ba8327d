//! Whether Redis can be used: it is reachable, accepts the login, and accepts writes.

use super::{Fault, Unreachable, look_up, within};
use crate::{config, health, redis_link::RedisLink};
use redis::{AsyncConnectionConfig, ConnectionAddr, RedisError, aio::MultiplexedConnection};
use secrecy::ExposeSecret;
use std::time::Duration;

const HOST_ADVICE: &str = "Check that Redis runs there, and the host and port of REDIS_URL";

/// Connects, and writes a key that expires, within `limit`. The connection is one of its own.
///
/// # Errors
/// Redis cannot be used.
pub async fn connect(
    redis: &config::Redis,
    limit: Duration,
) -> Result<MultiplexedConnection, Unreachable> {
    let unreachable = |fault| Unreachable {
        server: "Redis",
        place: place(redis),
        fault,
    };
    let connected = within(limit, try_connect(redis)).await;
    connected.map_err(unreachable)
}

/// Where a connection leads: host, port and number of the database, or the socket.
#[must_use]
pub fn place(redis: &config::Redis) -> String {
    match redis::Client::open(redis.url.expose_secret()) {
        Ok(client) => {
            let info = client.get_connection_info();
            let (address, number) = (info.addr(), info.redis_settings().db());
            match address {
                ConnectionAddr::Unix(_) => format!("{address} ({number})"),
                _ => format!("{address}/{number}"),
            }
        }
        Err(_) => "an address that cannot be read".to_owned(),
    }
}

/// Whether the connection may be read on its way: it leaves this machine without TLS.
#[must_use]
pub fn may_be_read(redis: &config::Redis) -> bool {
    let Ok(client) = redis::Client::open(redis.url.expose_secret()) else {
        return false;
    };
    match client.get_connection_info().addr() {
        ConnectionAddr::Tcp(host, _) => {
            let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
            host != "localhost" && !address.is_ok_and(|address| address.is_loopback())
        }
        _ => false,
    }
}

async fn try_connect(redis: &config::Redis) -> Result<MultiplexedConnection, Fault> {
    let client = RedisLink::new(redis.url.clone())
        .client()
        .map_err(|error| fault(&error))?;
    if let ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } =
        client.get_connection_info().addr()
    {
        look_up(host, *port, HOST_ADVICE).await?;
    }
    // Their own limits are shorter than that of the caller.
    let unlimited = AsyncConnectionConfig::new()
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let mut connection = client
        .get_multiplexed_async_connection_with_config(&unlimited)
        .await
        .map_err(|error| fault(&error))?;
    let written = health::redis_write(&redis.prefix)
        .exec_async(&mut connection)
        .await;
    written.map_err(|error| fault(&error))?;
    Ok(connection)
}

fn fault(error: &RedisError) -> Fault {
    let cause = error
        .detail()
        .map_or_else(|| error.to_string(), str::to_owned);
    match error.code() {
        Some("NOAUTH" | "WRONGPASS") => {
            return Fault::lasting(
                "the login was refused",
                "Correct the user and the password in REDIS_URL",
            );
        }
        Some("NOPERM") => {
            return Fault::lasting(cause, "Grant the user of REDIS_URL all commands and keys");
        }
        Some("READONLY") => {
            return Fault::lasting(
                "it is a replica and accepts no writes",
                "Name the primary in REDIS_URL",
            );
        }
        Some("OOM") => {
            return Fault::lasting(
                "its memory is full, and it accepts no writes",
                "Raise maxmemory, or find what else fills it",
            );
        }
        Some("MISCONF") => {
            return Fault::lasting(
                "it cannot save to its disk, and accepts no writes",
                "Free its disk, or set stop-writes-on-bgsave-error to no",
            );
        }
        Some("NOREPLICAS") => {
            return Fault::passing(
                "too few replicas are connected, and it accepts no writes",
                "Check its replicas, or min-replicas-to-write",
            );
        }
        Some("LOADING") => return Fault::passing("it is loading its data", "Wait for it"),
        _ => {}
    }
    if error.is_connection_refusal() {
        Fault::passing("connection refused", HOST_ADVICE)
    } else if error.kind() == redis::ErrorKind::AuthenticationFailed {
        Fault::lasting(
            "the login was refused",
            "Correct the user and the password in REDIS_URL",
        )
    } else {
        Fault::passing(cause, "Check REDIS_URL, and Redis' log")
    }
}
