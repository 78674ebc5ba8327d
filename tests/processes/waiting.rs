//! A process whose database does not answer at the start: it says that it lives and is not ready, and
//! obeys when it is told to stop.

use crate::harness::{Folder, Http, Program, Site, eventually};
use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::Duration,
};
use tokio::time::timeout;

/// For what is sure to come.
const LIMIT: Duration = Duration::from_mins(1);

/// A place whose database takes connections and never says a word.
fn site(folder: &Folder, database: &TcpListener) -> Site {
    let address = database.local_addr().unwrap();
    let url = format!("postgres://me:secret@{address}/none");
    let set = [
        ("DATABASE_URL", url.as_str()),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("JWT_SECRET", "0123456789012345678901234567890123456789"),
    ];
    Site::alone(folder.path(), &set)
}

fn mute_database() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).unwrap()
}

/// Where the process listens, by what the system says: its log does not, before it has started.
pub fn listens_at(program: &Program) -> Option<SocketAddr> {
    let process = format!("/proc/{}", program.id());
    let files = fs::read_dir(format!("{process}/fd")).unwrap();
    let sockets: BTreeSet<String> = files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter_map(|link| {
            let inode = link.to_str()?.strip_prefix("socket:[")?;
            Some(inode.trim_end_matches(']').to_owned())
        })
        .collect();
    let table = fs::read_to_string(format!("{process}/net/tcp")).unwrap();
    let port = table.lines().skip(1).find_map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        let listens = words[3] == "0A" && sockets.contains(words[9]);
        let (_, port) = words[1].split_once(':')?;
        listens.then(|| u16::from_str_radix(port, 16).unwrap())
    })?;
    Some((Ipv4Addr::LOCALHOST, port).into())
}

async fn status(http: Http, path: &str) -> u16 {
    let call = http.call("GET", path, None, None);
    timeout(LIMIT, call).await.unwrap().0
}

#[tokio::test]
async fn a_process_that_waits_for_its_database_says_so_and_obeys() {
    let (folder, database) = (Folder::new("waiting"), mute_database());
    let site = site(&folder, &database);
    for role in ["api", "worker", "scheduler", ""] {
        let mut process = site.start(role);
        eventually("it listens", async || listens_at(&process).is_some()).await;
        let http = Http::at(listens_at(&process).unwrap());
        assert_eq!(status(http, "/health/live").await, 200, "{role}");
        assert_eq!(status(http, "/health/ready").await, 503, "{role}");
        if ["api", ""].contains(&role) {
            assert_eq!(status(http, "/api/v1/auth/me").await, 503, "{role}");
        }
        assert_eq!(process.terminate().await, Some(0), "{}", process.log());
        assert!(!process.log().contains("\"started\""), "{}", process.log());
    }
}

#[tokio::test]
async fn a_migration_that_is_told_to_stop_ends_and_does_not_count_as_done() {
    let (folder, database) = (Folder::new("migrating"), mute_database());
    let mut process = site(&folder, &database).start("migrate");
    process.says("waiting for PostgreSQL").await;
    assert_eq!(process.terminate().await, Some(1), "{}", process.log());
    process.says("told to stop before it was done").await;
}
