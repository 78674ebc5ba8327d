//! The private Redis (or Valkey, which works the same).

use crate::{Durability, ServersError, place::Place, supervised::Supervised};
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = "Redis";

/// The first byte of `+PONG`; while Redis loads its data it answers `-LOADING`.
const PONG: u8 = b'+';

/// The name of the socket.
pub(super) const SOCKET: &str = "redis.sock";

/// Starts Redis in `place` unless it runs.
pub(super) fn ensure_running(
    place: &Place,
    pipe: &Path,
    durability: Durability,
) -> Result<(), ServersError> {
    let socket = place.run.join(SOCKET);
    let server = Supervised {
        place,
        program: PROGRAM,
        log: place.data.join("redis.log"),
        socket: socket.clone(),
        question: b"PING\r\n",
        ready: PONG,
    };
    server.ensure_running(pipe, |_| {
        let data = place.data.join("redis");
        place.private_directory(&data)?;
        let mut command = Command::new(program()?);
        command
            .args(["--port", "0", "--unixsocketperm", "700", "--unixsocket"])
            .arg(&socket);
        command.arg("--dir").arg(data);
        // Queued references must not be evicted; a snapshot would only repeat the log.
        command.args(["--maxmemory-policy", "noeviction", "--save", ""]);
        command.args(match durability {
            Durability::Durable => ["--appendonly", "yes"],
            Durability::Throwaway => ["--appendonly", "no"],
        });
        Ok(command)
    })
}

fn program() -> Result<&'static str, ServersError> {
    ["redis-server", "valkey-server"]
        .into_iter()
        .find(|name| {
            let version = Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .status();
            version.is_ok_and(|status| status.success())
        })
        .ok_or(ServersError::Missing { program: PROGRAM })
}
