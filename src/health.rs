//! `support health`, for the health checks of containers: asks a process of this machine whether its
//! database and migrations are ready. The HTTP client here supports that one request only.

use anyhow::{Context as _, Result, bail};
use platform::config::{Place, Settings};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// The checks that every process needs. Redis is not one: processes run without it, and a restart of the
/// container would not bring it back.
const REQUEST_TARGET: &str = "/health/ready?need=database,migrations";
const LIMIT: Duration = Duration::from_secs(4);
/// Bytes that are read of a response at most.
const LONGEST_RESPONSE: u64 = 16 * 1024;

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

/// Succeeds if the process reports that it is ready. Without an argument the first process that listens
/// is asked: one image has every role, and its health check cannot know which.
///
/// # Errors
///
/// No process listens, or it is not ready; the message has its reason.
pub(crate) fn ask(settings: &Settings, asked: Option<Asked>) -> Result<()> {
    let (stream, address) = connect(&places(settings, asked)?)?;
    let response =
        get(stream, address).with_context(|| format!("no answer comes from {address}"))?;
    if is_ok(&response) {
        return Ok(());
    }
    let body = response.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    bail!("not ready: {}", body.trim());
}

/// The addresses at which the process may listen, in the order in which they are tried.
fn places(settings: &Settings, asked: Option<Asked>) -> Result<Vec<SocketAddr>> {
    let host: IpAddr = settings.get("HOST").parse().context("HOST is no address")?;
    let api: u16 = settings.get("PORT").parse().context("PORT is no port")?;
    let operation: u16 = match settings.get("OPERATION_PORT") {
        "" => Place::Usual.port(),
        port => port.parse().context("OPERATION_PORT is no port")?,
    };
    let ports = match asked {
        Some(Asked::Api) => vec![api],
        Some(Asked::Worker | Asked::Scheduler) => vec![operation],
        None => vec![api, operation],
    };
    let place = |port| SocketAddr::new(reachable(host), port);
    Ok(ports.into_iter().map(place).collect())
}

/// Connects to the first address where a process listens.
fn connect(places: &[SocketAddr]) -> Result<(TcpStream, SocketAddr)> {
    let mut failures = Vec::new();
    for place in places {
        match TcpStream::connect_timeout(place, LIMIT) {
            Ok(stream) => return Ok((stream, *place)),
            Err(error) => failures.push(format!("nothing listens at {place}: {error}")),
        }
    }
    bail!(failures.join("; "))
}

/// The loopback address in place of an unspecified one.
fn reachable(host: IpAddr) -> IpAddr {
    match host {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    }
}

fn get(mut stream: TcpStream, address: SocketAddr) -> std::io::Result<String> {
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    let request =
        format!("GET {REQUEST_TARGET} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut response = Vec::new();
    stream.take(LONGEST_RESPONSE).read_to_end(&mut response)?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}

fn is_ok(response: &str) -> bool {
    response.starts_with("HTTP/1.1 200 ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{BufRead, BufReader},
        net::TcpListener,
        thread::{self, JoinHandle},
    };

    /// A port where nothing listens: it is privileged, and its service (tcpmux) is not in use.
    const NOBODY: u16 = 1;

    /// A process that sends one response: its port, and the request that it received.
    fn process(response: &'static str) -> (u16, JoinHandle<String>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let request: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            stream.write_all(response.as_bytes()).unwrap();
            request.join("\n")
        });
        (port, asked)
    }

    fn healthy(asked: Option<Asked>, api: u16, operation: u16) -> bool {
        let settings = Settings::load(|name| match name {
            "PORT" => Some(api.to_string()),
            "OPERATION_PORT" => Some(operation.to_string()),
            _ => None,
        });
        ask(&settings.unwrap(), asked).is_ok()
    }

    const WELL: &str = "HTTP/1.1 200 OK\r\n\r\n{}";
    const ILL: &str = "HTTP/1.1 503 Service Unavailable\r\n\r\n{}";

    #[test]
    fn every_process_is_asked_for_the_database_and_its_migrations() {
        for asked in [None, Some(Asked::Api), Some(Asked::Worker)] {
            let (port, request) = process(WELL);
            assert!(healthy(asked, port, port), "{asked:?}");
            let request = request.join().unwrap();
            let wanted = "GET /health/ready?need=database,migrations HTTP/1.1\n";
            assert!(request.starts_with(wanted), "{request}");
        }
    }

    #[test]
    fn without_an_argument_the_api_is_asked_or_else_the_process_at_the_operation_port() {
        assert!(healthy(None, process(WELL).0, NOBODY));
        assert!(healthy(None, NOBODY, process(WELL).0));
        assert!(!healthy(None, NOBODY, process(ILL).0));
        assert!(!healthy(None, NOBODY, NOBODY));
        assert!(!healthy(Some(Asked::Api), NOBODY, process(WELL).0));
    }

    #[test]
    fn an_api_that_is_not_ready_is_not_excused_by_a_worker_beside_it() {
        assert!(!healthy(None, process(ILL).0, process(WELL).0));
    }

    #[test]
    fn only_a_200_is_ready() {
        assert!(is_ok(WELL));
        assert!(!is_ok(ILL));
        assert!(!is_ok(""));
    }

    #[test]
    fn all_addresses_are_asked_on_the_own_one() {
        assert_eq!(reachable(Ipv4Addr::UNSPECIFIED.into()), Ipv4Addr::LOCALHOST);
        assert_eq!(reachable(Ipv6Addr::UNSPECIFIED.into()), Ipv6Addr::LOCALHOST);
    }
}
