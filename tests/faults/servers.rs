//! A PostgreSQL and a Redis of a test's own, to be killed and frozen. What PostgreSQL has committed
//! is with the kernel, which is all that `kill -9` of its processes leaves: commits are synchronous
//! here. The files lie in memory where there is such a place, since no machine loses its power.

use crate::harness::signal;
use servers::{Durability, Servers, start};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    Postgres,
    Redis,
}

/// The servers. They stop when this is dropped, and their files go, unless the test has failed.
pub struct OwnServers {
    place: PathBuf,
    held: Option<Servers>,
}

impl OwnServers {
    pub async fn start() -> Self {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let place = parent.join(format!("support-faults-{}-{count}", std::process::id()));
        let held = Some(ensure_running(&place).await);
        Self { place, held }
    }

    /// Where a database is, without the proxy.
    pub fn database_url(&self, name: &str) -> String {
        self.held.as_ref().unwrap().database_url(name)
    }

    /// Where Redis is, without the proxy.
    pub fn redis_url(&self) -> String {
        self.held.as_ref().unwrap().redis_url()
    }

    /// The socket of a server.
    pub fn socket(&self, server: Server) -> PathBuf {
        match server {
            Server::Postgres => postgres_socket(&self.database_url("postgres")),
            Server::Redis => {
                let url = self.redis_url();
                PathBuf::from(url.split("//").nth(1).unwrap())
            }
        }
    }

    /// SIGKILL to all processes of a server.
    pub fn kill(&self, server: Server) {
        signal("KILL", &self.processes(server));
    }

    /// It does nothing more until [`OwnServers::thaw`].
    pub fn freeze(&self, server: Server) {
        signal("STOP", &self.processes(server));
    }

    /// It goes on.
    pub fn thaw(&self, server: Server) {
        signal("CONT", &self.processes(server));
    }

    /// Deletes what Redis has written to disk, so that it comes back empty. Call it while Redis is down.
    pub fn empty_redis(&self) {
        fs::remove_dir_all(self.place.join("redis")).unwrap();
    }

    /// Starts whatever was killed, on its data.
    pub async fn start_again(&self) {
        drop(ensure_running(&self.place).await);
    }

    /// Its processes; none while it is down.
    fn processes(&self, server: Server) -> Vec<u32> {
        let all = processes();
        let first = match server {
            Server::Postgres => {
                let file = self.place.join("postgres/data/postmaster.pid");
                let known = fs::read_to_string(file).unwrap_or_default();
                known.lines().next().and_then(|line| line.parse().ok())
            }
            Server::Redis => {
                let socket = self.socket(server);
                let is_ours = |process: &&Process| process.runs(&socket);
                all.iter().find(is_ours).map(|process| process.number)
            }
        };
        let Some(first) = first else {
            return Vec::new();
        };
        let children = all.iter().filter(|process| process.parent == first);
        let children = children.map(|process| process.number);
        std::iter::once(first).chain(children).collect()
    }
}

impl Drop for OwnServers {
    fn drop(&mut self) {
        for server in [Server::Postgres, Server::Redis] {
            self.thaw(server);
        }
        self.held = None;
        if std::thread::panicking() {
            eprintln!("kept for a look: {}", self.place.display());
            return;
        }
        let end = Instant::now() + Duration::from_secs(30);
        while !is_idle(&self.place) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
        // What servers that end take away themselves may be gone by the time that it is looked at.
        while let Err(error) = fs::remove_dir_all(&self.place) {
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{error}");
            if !self.place.exists() {
                break;
            }
        }
    }
}

/// No server lives there: their logs are their locks.
fn is_idle(place: &Path) -> bool {
    let free = |log| fs::File::open(place.join(log)).is_ok_and(|log| log.try_lock().is_ok());
    free("postgres.log") && free("redis.log")
}

/// The socket of the private PostgreSQL that a URL names.
pub fn postgres_socket(url: &str) -> PathBuf {
    let (_, rest) = url.split_once("host=").unwrap();
    let (folder, _) = rest.split_once('&').unwrap();
    Path::new(folder).join(".s.PGSQL.5432")
}

async fn ensure_running(place: &Path) -> Servers {
    let place = place.to_owned();
    let started = tokio::task::spawn_blocking(move || start(&place, Durability::Durable));
    started.await.unwrap().unwrap()
}

struct Process {
    number: u32,
    parent: u32,
}

impl Process {
    /// Whether it is the server of that socket: Redis has it in its title.
    fn runs(&self, socket: &Path) -> bool {
        let line = fs::read(format!("/proc/{}/cmdline", self.number)).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        let is_supervisor = line.starts_with("sh");
        !is_supervisor && line.contains(&*socket.to_string_lossy())
    }
}

/// All processes of the machine.
fn processes() -> Vec<Process> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| {
            let number = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let (_, rest) = stat.rsplit_once(") ")?;
            let parent = rest.split(' ').nth(1)?.parse().ok()?;
            Some(Process { number, parent })
        })
        .collect()
}
