//! Removes the data of servers that do not run.
//!
//! Race: a process starts the servers meanwhile. The logs stay locked until everything is removed, so that
//! it waits, and then begins with empty data or fails, because its FIFO is gone.

use crate::{
    ServersError,
    place::Place,
    supervised::{self, LOOK_AGAIN},
};
use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// Servers stop about a second after their last user.
const PATIENCE: Duration = Duration::from_secs(5);

/// A directory whose servers do not run, and cannot start while this value lives.
pub struct Idle {
    place: Place,
    directory: PathBuf,
    logs: Vec<(PathBuf, File)>,
}

/// Waits until the servers of `dir` have stopped; `None` if there is no such directory.
///
/// # Errors
///
/// A server still runs after five seconds, or the data belong to another user.
pub fn idle(dir: &Path) -> Result<Option<Idle>, ServersError> {
    if !dir.exists() {
        return Ok(None);
    }
    let place = Place::prepare(dir)?;
    let directory = dir
        .canonicalize()
        .map_err(ServersError::file("resolve", dir))?;
    let limit = Instant::now() + PATIENCE;
    let mut logs = Vec::new();
    for name in ["postgres.log", "redis.log"] {
        let log = place.data.join(name);
        let lock = loop {
            match supervised::lock(&log)? {
                Some(lock) => break lock,
                None if Instant::now() < limit => thread::sleep(LOOK_AGAIN),
                None => return Err(ServersError::InUse { directory }),
            }
        };
        logs.push((log, lock));
    }
    Ok(Some(Idle {
        place,
        directory,
        logs,
    }))
}

impl Idle {
    /// Removes the data of the servers, their logs and their sockets. Other files of the directory stay.
    ///
    /// # Errors
    ///
    /// A file cannot be removed.
    pub fn remove(self) -> Result<(), ServersError> {
        let Place { data, run, .. } = &self.place;
        for folder in [&data.join("postgres"), &data.join("redis"), run] {
            gone(folder, fs::remove_dir_all(folder))?;
        }
        for (log, _) in &self.logs {
            gone(log, fs::remove_file(log))?;
        }
        if *data != self.directory {
            gone(data, fs::remove_dir_all(data))?;
        }
        Ok(())
    }
}

fn gone(path: &Path, removed: std::io::Result<()>) -> Result<(), ServersError> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ServersError::file("remove", path)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
