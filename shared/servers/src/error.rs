//! The errors of the private servers, each with its remedy.

use std::io;
use std::path::PathBuf;

/// Why the private servers could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ServersError {
    /// A program is not installed.
    #[error(
        "{program} is not installed: run `apt-get install postgresql redis-server` or \
         `brew install postgresql@17 redis`, or set DATABASE_URL and REDIS_URL to servers of your own"
    )]
    Missing {
        /// Its name and, where it matters, the oldest version that works.
        program: &'static str,
    },
    /// Every installed PostgreSQL is older than the SQL of this program requires.
    #[error(
        "PostgreSQL {newest} is too old, 15 or later is needed: install one (for Debian and Ubuntu \
         see https://apt.postgresql.org, or `brew install postgresql@17`), or set DATABASE_URL and \
         REDIS_URL to servers of your own"
    )]
    TooOld {
        /// The newest major version found.
        newest: u32,
    },
    /// The data belong to a version that is no longer installed.
    #[error(
        "{} was made by PostgreSQL {made_by}, which is not installed: install that version, or \
         move the directory away to begin with an empty database", directory.display()
    )]
    OtherVersion {
        /// The major version that the data need.
        made_by: String,
        /// The directory of the data.
        directory: PathBuf,
    },
    /// PostgreSQL refuses to run as root, and no other user exists to run it as.
    #[error("started by root, and there is no user `postgres` or `nobody` to run the servers as")]
    NoUnprivilegedUser,
    /// The directory belongs to another user, who could read our data.
    #[error(
        "{} belongs to another user: run as that user, or move it away", path.display()
    )]
    Foreign {
        /// The directory in question.
        path: PathBuf,
    },
    /// The data cannot be removed while a server uses them.
    #[error(
        "a system runs on {}: stop it first", directory.display()
    )]
    InUse {
        /// The directory of the data.
        directory: PathBuf,
    },
    /// A file or directory could not be prepared.
    #[error("cannot {attempt} {}", path.display())]
    File {
        /// The operation.
        attempt: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot run {program}")]
    Run {
        /// Its name.
        program: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// A program stopped at once.
    #[error("{program} stopped at once; the end of {}:\n{tail}", log.display())]
    Stopped {
        /// Its name.
        program: &'static str,
        /// Its log.
        log: PathBuf,
        /// The log's last lines.
        tail: String,
    },
    /// A server runs and does not respond.
    #[error("{program} did not answer within {seconds} s, see {}", log.display())]
    NoAnswer {
        /// Its name.
        program: &'static str,
        /// The time limit, in seconds.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
}

impl ServersError {
    /// For `map_err` on operations on files.
    pub(super) fn file(
        attempt: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File {
            attempt,
            path,
            source,
        }
    }

    /// For `map_err` on starting programs.
    pub(super) fn run(program: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Run { program, source }
    }
}
