//! A private PostgreSQL and Redis under one directory, for first use and for tests.
//!
//! Any number of processes share the servers of a directory: the first process starts them, and
//! they stop a second after the last process has ended, also after kill -9. They listen on unix
//! sockets only, run unprivileged even when root starts them, and never touch the machine's own
//! servers. Production sets `DATABASE_URL` and `REDIS_URL` and does not use them.

mod error;
mod idle;
mod place;
mod postgres;
mod redis;
mod supervised;

pub use error::ServersError;
pub use idle::{Idle, idle};

use place::Place;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the data must survive. The process that starts the servers of a directory decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A crash of any process, and of the machine.
    Durable,
    /// Only a restart of PostgreSQL: for tests, which are faster this way. Allows 300 connections
    /// instead of 100.
    Throwaway,
}

/// Running servers. They run at least until this value is dropped.
#[derive(Debug)]
pub struct Servers {
    run: PathBuf,
    /// The write end of the FIFO that both supervisors read.
    _wanted: File,
}

impl Servers {
    /// The URL of a database, for sqlx. The caller creates the database; `postgres` always exists.
    /// The user owns the server.
    #[must_use]
    pub fn database_url(&self, database: &str) -> String {
        // Port and mode are explicit, since PGPORT and PGSSLMODE would change them.
        let run = self.run.display();
        format!("postgres://app@localhost:5432/{database}?host={run}&sslmode=disable")
    }

    /// The URL of Redis, for the redis crate.
    #[must_use]
    pub fn redis_url(&self) -> String {
        format!("redis+unix://{}", self.run.join(redis::SOCKET).display())
    }
}

/// The servers of `dir`, started unless they run. Takes about a second the first time, a tenth
/// after that. It blocks, so an async caller wraps it in `spawn_blocking`.
///
/// # Errors
///
/// A program is missing or too old, the directory is not usable, or a server does not start; each
/// error names a remedy or shows the server's own log.
pub fn start(dir: &Path, durability: Durability) -> Result<Servers, ServersError> {
    let place = Place::prepare(dir)?;
    // Held open before a server is probed, so that a server that responds keeps running.
    let pipe = place.run.join("wanted");
    let wanted = hold(&pipe, &place)?;
    redis::ensure_running(&place, &pipe, durability)?;
    postgres::ensure_running(&place, &pipe, durability)?;
    Ok(Servers {
        run: place.run,
        _wanted: wanted,
    })
}

/// Opens the FIFO for reading and writing: opening it for one of them would block until the other
/// end is opened.
fn hold(pipe: &Path, place: &Place) -> Result<File, ServersError> {
    if !pipe.exists() {
        // Fails when another process has just created it, which is as good.
        Command::new("mkfifo")
            .arg(pipe)
            .stderr(std::process::Stdio::null())
            .status()
            .map_err(ServersError::run("mkfifo"))?;
        place.give_to_servers(pipe)?;
    }
    let open = OpenOptions::new().read(true).write(true).open(pipe);
    open.map_err(ServersError::file("open", pipe))
}
