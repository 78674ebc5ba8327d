//! `support health`: asks a process of this machine whether it is ready, for container health checks.
//! It speaks just enough HTTP for that.

use anyhow::{Context as _, Result, bail};
use shared::config::{Place, Settings};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

const LIMIT: Duration = Duration::from_secs(4);
/// Most that is read of an answer.
const LONGEST_ANSWER: u64 = 16 * 1024;

/// Which process is asked.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Asked {
    /// The API, at `PORT`.
    Api,
    /// A worker, at `OPERATION_PORT`.
    Worker,
    /// A scheduler, at `OPERATION_PORT`.
    Scheduler,
}

/// Succeeds if the process says that it is ready.
pub(crate) fn ask(settings: &Settings, asked: Asked) -> Result<()> {
    let host: IpAddr = settings.get("HOST").parse().context("HOST is no address")?;
    let port = match asked {
        Asked::Api => settings.get("PORT").parse().context("PORT is no port")?,
        Asked::Worker | Asked::Scheduler => match settings.get("OPERATION_PORT") {
            "" => Place::Usual.port(),
            port => port.parse().context("OPERATION_PORT is no port")?,
        },
    };
    let address = SocketAddr::new(reachable(host), port);
    let answer = get(address).with_context(|| format!("nothing answers at {address}"))?;
    if is_ok(&answer) {
        return Ok(());
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    bail!("not ready: {}", body.trim());
}

/// What listens on all addresses is asked on the machine's own.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    }
}

fn get(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    write!(
        stream,
        "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn is_ok(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200 ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_200_is_ready() {
        assert!(is_ok("HTTP/1.1 200 OK\r\n\r\n{}"));
        assert!(!is_ok("HTTP/1.1 503 Service Unavailable\r\n\r\n{}"));
        assert!(!is_ok(""));
    }

    #[test]
    fn all_addresses_are_asked_on_the_own_one() {
        assert_eq!(reachable(Ipv4Addr::UNSPECIFIED.into()), Ipv4Addr::LOCALHOST);
        assert_eq!(reachable(Ipv6Addr::UNSPECIFIED.into()), Ipv6Addr::LOCALHOST);
    }
}
