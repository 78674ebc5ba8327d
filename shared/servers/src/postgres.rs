//! The private PostgreSQL: its programs, its data directory, and its settings.

use crate::{Durability, ServersError, place::Place, supervised::Supervised};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "PostgreSQL";

/// The oldest supported version, which the SQL of this program is written for; Debian 12 has it.
const OLDEST: u32 = 15;

/// A startup message: its length, protocol 3.0, user and database, an end.
const HELLO: &[u8] = b"\0\0\0\x24\0\x03\0\0user\0app\0database\0postgres\0\0";

/// The first byte of an authentication request; a server that is still starting sends `E`.
const AUTHENTICATION: u8 = b'R';

const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "port=5432", // part of the socket's name, which PGPORT would change
    "unix_socket_permissions=0700",
    "shared_buffers=32MB",
    "timezone=UTC",
];

/// Settings with which a crash of the machine may lose the data, which is fine for tests.
const THROWAWAY: &[&str] = &[
    "max_connections=300",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
];

/// C.UTF-8 rather than C, which lower-cases only ASCII, and which ILIKE and text search would
/// follow.
const LOCALE: &str = if cfg!(target_os = "macos") {
    "en_US.UTF-8"
} else {
    "C.UTF-8"
};

/// Where systems install PostgreSQL outside of PATH: a directory, and the prefix of its
/// subdirectories that hold a `bin`.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

/// Starts PostgreSQL in `place` unless it runs.
pub(super) fn ensure_running(
    place: &Place,
    pipe: &Path,
    durability: Durability,
) -> Result<(), ServersError> {
    let server = Supervised {
        place,
        program: PROGRAM,
        log: place.data.join("postgres.log"),
        socket: place.run.join(".s.PGSQL.5432"),
        question: HELLO,
        ready: AUTHENTICATION,
    };
    server.ensure_running(pipe, |log| {
        let home = place.data.join("postgres");
        place.private_directory(&home)?;
        let data = home.join("data");
        let version = data.join("PG_VERSION");
        let programs = if data.exists() {
            let made_by =
                fs::read_to_string(&version).map_err(ServersError::file("read", &version))?;
            programs_of(made_by.trim(), &data)?
        } else {
            let programs = newest_programs()?;
            make_data(&server, &programs, &home, &data, log)?;
            programs
        };
        forget_dead_postmaster(&data.join("postmaster.pid"))?;
        forget_dead_postmaster(&place.run.join(".s.PGSQL.5432.lock"))?;
        let mut command = Command::new(programs.join("postgres"));
        command.arg("-D").arg(data).arg("-k").arg(&place.run);
        let more = match durability {
            Durability::Durable => &["max_connections=100"],
            Durability::Throwaway => THROWAWAY,
        };
        for setting in SETTINGS.iter().chain(more) {
            command.args(["-c", setting]);
        }
        Ok(command)
    })
}

/// Creates the data in a temporary directory and moves it into place: after kill -9 half a
/// directory would look like data.
fn make_data(
    server: &Supervised,
    programs: &Path,
    home: &Path,
    data: &Path,
    log: &File,
) -> Result<(), ServersError> {
    let unfinished = home.join("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(ServersError::file("remove", &unfinished))?;
    }
    let share = || {
        log.try_clone()
            .map_err(ServersError::file("share", &server.log))
    };
    let made = server
        .place
        .command(programs.join("initdb"))
        .args([
            "--username=app",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
        ])
        .arg(format!("--locale={LOCALE}"))
        .arg("--pgdata")
        .arg(&unfinished)
        .stdout(share()?) // so it keeps the lock if this process is killed
        .stderr(share()?)
        .status()
        .map_err(ServersError::run("initdb"))?;
    if !made.success() {
        return Err(server.stopped());
    }
    fs::rename(&unfinished, data).map_err(ServersError::file("move", unfinished))
}

/// Removes a PID file whose process is no longer the server.
///
/// After kill -9 PostgreSQL only checks whether the process id is in use, and would refuse to start
/// until the dead process is reaped, or forever where a restarted container reused the id. The file
/// of a living postgres is kept: it may have been started by hand, without our lock. So is every
/// file where there is no /proc.
fn forget_dead_postmaster(file: &Path) -> Result<(), ServersError> {
    let stale = || {
        let content = fs::read_to_string(file).ok()?;
        let process = content.lines().next()?.trim();
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        let (command, state) = stat.split_once('(')?.1.rsplit_once(") ")?;
        Some(command != "postgres" || state.starts_with(['Z', 'X']))
    };
    if stale().unwrap_or(false) {
        fs::remove_file(file).map_err(ServersError::file("remove", file))?;
    }
    Ok(())
}

/// The directory of the newest programs; an empty path means PATH.
fn newest_programs() -> Result<PathBuf, ServersError> {
    let newest = installed().max_by_key(|(major, _)| *major);
    match newest {
        None => Err(ServersError::Missing {
            program: "PostgreSQL 15 or later",
        }),
        Some((newest, _)) if newest < OLDEST => Err(ServersError::TooOld { newest }),
        Some((_, directory)) => Ok(directory),
    }
}

/// The directory of the programs that created `data`: another major version cannot read it.
fn programs_of(made_by: &str, data: &Path) -> Result<PathBuf, ServersError> {
    installed()
        .find(|(major, _)| major.to_string() == made_by)
        .map(|(_, directory)| directory)
        .ok_or_else(|| ServersError::OtherVersion {
            made_by: made_by.to_owned(),
            directory: data.to_owned(),
        })
}

fn installed() -> impl Iterator<Item = (u32, PathBuf)> {
    let elsewhere = ELSEWHERE.iter().flat_map(|(root, prefix)| {
        let entries = fs::read_dir(root).into_iter().flatten().flatten();
        entries
            .filter(|entry| {
                entry
                    .file_name()
                    .as_encoded_bytes()
                    .starts_with(prefix.as_bytes())
            })
            .map(|entry| entry.path().join("bin"))
            .filter(|bin| bin.join("initdb").exists())
    });
    std::iter::once(PathBuf::new())
        .chain(elsewhere)
        .filter_map(|directory| Some((major_version(&directory)?, directory)))
}

/// Parses 15 from `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`.
fn major_version(directory: &Path) -> Option<u32> {
    let output = Command::new(directory.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    version
        .split(|letter: char| !letter.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}
