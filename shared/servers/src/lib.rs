//! A private PostgreSQL and Redis under one directory, for first use and for tests.
//!
//! Any number of processes share the servers of a directory: the first starts them, and they stop a
//! second after the last has gone, however it went. They listen on unix sockets alone, run
//! unprivileged even when root starts them, and never touch the machine's own servers.
//! Production sets `DATABASE_URL` and `REDIS_URL` and never gets here.

mod error;
mod place;
mod postgres;
mod redis;
mod supervised;

pub use error::ServersError;

use place::Place;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the data must survive. Whoever starts the servers of a directory decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A crash of any process, and of the machine.
    Durable,
    /// Nothing but the restart of PostgreSQL: for tests, which are quicker so. Allows 300 connections
    /// instead of 100.
    Throwaway,
}

/// Running servers. They run at least until this is dropped.
#[derive(Debug)]
pub struct Servers {
    run: PathBuf,
    /// The supervisors of both servers read the other end.
    _wanted: File,
}

impl Servers {
    /// Where sqlx finds the database of that name, which the caller creates; `postgres` is always
    /// there. The user owns the server.
    #[must_use]
    pub fn database_url(&self, database: &str) -> String {
        // the port and the mode are written out, or PGPORT and PGSSLMODE would change them
        let run = self.run.display();
        format!("postgres://app@localhost:5432/{database}?host={run}&sslmode=disable")
    }

    /// Where the redis crate finds Redis.
    #[must_use]
    pub fn redis_url(&self) -> String {
        format!("redis+unix://{}", self.run.join(redis::SOCKET).display())
    }
}

/// The servers of `dir`, started unless they run. Takes about a second the first time, a tenth
/// after that; blocks meanwhile, so an async caller wraps it in `spawn_blocking`.
///
/// # Errors
///
/// A program is missing or too old, the directory cannot be used, or a server does not start; each
/// error says what to do about it or shows the server's own words.
pub fn start(dir: &Path, durability: Durability) -> Result<Servers, ServersError> {
    let place = Place::prepare(dir)?;
    // held before the first look at a server, so that one that answers stays
    let pipe = place.run.join("wanted");
    let wanted = hold(&pipe, &place)?;
    redis::ensure_running(&place, &pipe, durability)?;
    postgres::ensure_running(&place, &pipe, durability)?;
    Ok(Servers {
        run: place.run,
        _wanted: wanted,
    })
}

/// Opens the FIFO for both directions: opening it for one would wait for the other side.
fn hold(pipe: &Path, place: &Place) -> Result<File, ServersError> {
    if !pipe.exists() {
        // fails when somebody else was quicker, and then the pipe is there
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
