//! `support health`: asks a process of this machine whether it has what it needs, for container health
//! checks. It speaks just enough HTTP for that.

use anyhow::{Context as _, Result, bail};
use platform::config::{Place, Settings};
use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// What no process can do without. All of them go on without Redis, so that a container that counts
/// as broken without it would be started anew for nothing.
const QUESTION: &str = "/health/ready?need=database,migrations";
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

/// Succeeds if the process says that it has what it needs. Without a word, whoever listens is asked:
/// one image is every role, and its check cannot know which.
pub(crate) fn ask(settings: &Settings, asked: Option<Asked>) -> Result<()> {
    let (stream, address) = connect(&places(settings, asked)?)?;
    let answer = get(stream, address).with_context(|| format!("no answer comes from {address}"))?;
    if is_ok(&answer) {
        return Ok(());
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    bail!("not ready: {}", body.trim());
}

/// Where the process may be.
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

/// To the first place where anybody listens.
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

/// What listens on all addresses is asked on the machine's own.
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
    let question =
        format!("GET {QUESTION} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(question.as_bytes())?;
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
    use std::{
        io::{BufRead, BufReader},
        net::TcpListener,
        thread::{self, JoinHandle},
    };

    /// Nothing listens there: it takes a privilege, and was given to a service that nobody has.
    const NOBODY: u16 = 1;

    /// A process that gives one answer: its port, and what it was asked.
    fn process(answer: &'static str) -> (u16, JoinHandle<String>) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let question: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            stream.write_all(answer.as_bytes()).unwrap();
            question.join("\n")
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
            let (port, question) = process(WELL);
            assert!(healthy(asked, port, port), "{asked:?}");
            let question = question.join().unwrap();
            let wanted = "GET /health/ready?need=database,migrations HTTP/1.1\n";
            assert!(question.starts_with(wanted), "{question}");
        }
    }

    #[test]
    fn without_a_word_the_api_is_asked_or_else_whoever_is_at_the_operation_port() {
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
