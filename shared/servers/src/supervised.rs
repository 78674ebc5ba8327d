//! Starts one server exactly once, however many processes ask at the same time, and waits until it
//! is ready.
//!
//! The log of the server is its lock: the server and its supervisor inherit the locked file as
//! their output, so the lock lives exactly as long as they do, and the kernel releases it after
//! kill -9. Races: of many processes that start a server the lock lets one through, and the others
//! wait for a response; a process that comes while the supervisor stops the server waits for the
//! file `closing` to disappear (see `supervise.sh`).

use crate::{ServersError, place::Place};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{iter, thread};

const SUPERVISE: &str = include_str!("supervise.sh");

/// The time limit: enough for a first `initdb` on a slow disk, or for recovery after a crash.
const PATIENCE: Duration = Duration::from_mins(1);
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How often a launch is tried: a server that was just killed releases its lock a moment before the
/// next server sees it as dead.
const LAUNCHES: usize = 5;
const LAUNCH_AGAIN: Duration = Duration::from_millis(300);

/// The lines of a log that an error shows.
const TAIL_LINES: usize = 15;

/// One server: its socket, and how to ask whether it is ready. An accepted connection does not show
/// that: both servers accept while they are still loading, and respond so.
pub(super) struct Supervised<'a> {
    pub place: &'a Place,
    pub program: &'static str,
    pub log: PathBuf,
    pub socket: PathBuf,
    pub question: &'static [u8],
    /// The first byte of a ready server's response.
    pub ready: u8,
}

impl Supervised<'_> {
    /// Returns when the server responds. Starts it with the result of `command` unless it runs.
    /// `command` may prepare the data first and log to the file that it gets. The caller must hold
    /// `pipe` open.
    ///
    /// # Errors
    /// The server stops at once, or does not respond within a minute.
    pub fn ensure_running(
        &self,
        pipe: &Path,
        command: impl Fn(&File) -> Result<Command, ServersError>,
    ) -> Result<(), ServersError> {
        let limit = Instant::now() + PATIENCE;
        let mut launches = 0;
        while Instant::now() < limit {
            if !self.closing().exists() && self.responds() {
                return Ok(());
            }
            if let Some(log) = lock(&self.log)? {
                if launches == LAUNCHES {
                    return Err(self.stopped());
                }
                if launches > 0 {
                    thread::sleep(LAUNCH_AGAIN);
                }
                log.set_len(0)
                    .map_err(ServersError::file("empty", &self.log))?;
                self.place.give_to_servers(&self.log)?;
                self.launch(pipe, &log, &command(&log)?)?;
                launches += 1;
            }
            thread::sleep(LOOK_AGAIN);
        }
        let seconds = PATIENCE.as_secs();
        Err(ServersError::NoAnswer {
            program: self.program,
            seconds,
            log: self.log.clone(),
        })
    }

    /// The error with the end of the program's log.
    pub fn stopped(&self) -> ServersError {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let mut tail: Vec<&str> = log.lines().rev().take(TAIL_LINES).collect();
        tail.reverse();
        let tail = tail.join("\n");
        ServersError::Stopped {
            program: self.program,
            log: self.log.clone(),
            tail,
        }
    }

    fn launch(&self, pipe: &Path, log: &File, server: &Command) -> Result<(), ServersError> {
        let closing = self.closing();
        match fs::remove_file(&closing) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ServersError::file("remove", closing)(error));
            }
            Ok(()) | Err(_) => {}
        }
        let copy = || {
            log.try_clone()
                .map_err(ServersError::file("share", &self.log))
        };
        let held = File::open(pipe).map_err(ServersError::file("open", pipe))?;
        self.place
            .command("sh")
            .args(["-c", SUPERVISE, "supervise"])
            .arg(closing)
            .args(iter::once(server.get_program()).chain(server.get_args()))
            .stdin(held)
            .stdout(copy()?)
            .stderr(copy()?)
            .spawn()
            .map(drop) // it outlives this process when others need it
            .map_err(ServersError::run("sh"))
    }

    /// Exists while the supervisor stops the server.
    fn closing(&self) -> PathBuf {
        self.place.run.join(format!("{}.closing", self.program))
    }

    fn responds(&self) -> bool {
        let ask = || -> io::Result<u8> {
            let mut stream = UnixStream::connect(&self.socket)?;
            stream.set_read_timeout(Some(Duration::from_secs(2)))?;
            stream.write_all(self.question)?;
            let mut first = [0];
            stream.read_exact(&mut first)?;
            let [first] = first;
            Ok(first)
        };
        ask().is_ok_and(|first| first == self.ready)
    }
}

/// The locked log of a server; `None` while the server or its supervisor lives.
pub(super) fn lock(log: &Path) -> Result<Option<File>, ServersError> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(log)
        .map_err(ServersError::file("open", log))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(ServersError::file("lock", log)(error)),
    }
}
