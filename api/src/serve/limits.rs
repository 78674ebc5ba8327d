//! The limits of a connection, and the number of connections.

use std::{fs, time::Duration};

/// The limits of a server. The durations are for each connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The longest time to receive the head of the first request.
    pub first_request: Duration,
    /// The age up to which a connection may still send its first request after a stop.
    pub young: Duration,
    /// The longest time, after a response, to receive the head of the next request.
    pub next_request: Duration,
    /// The longest time in which the client may accept none of the bytes that are written to it.
    pub write: Duration,
    /// The number of connections that may be open at a time.
    pub connections: usize,
}

impl Limits {
    /// The limits of this process.
    pub fn of_process() -> Self {
        // Where the system has no such file, no files are kept free for the rest of the process.
        let table = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        Self {
            first_request: Duration::from_secs(15),
            // A client that has just connected sends its request at once, and would not send it again if the
            // connection closed first.
            young: Duration::from_millis(500),
            // Longer than proxies keep an idle connection (mostly 60 s). If the proxy closes it, no
            // request of the proxy meets a connection that has just been closed.
            next_request: Duration::from_secs(75),
            write: Duration::from_secs(30),
            connections: room(&table),
        }
    }
}

/// The number of connections that leave files for the rest of the process: three quarters of the open
/// files that the system allows by its table of limits, and at most 4096, which take some 60 MB.
pub(super) fn room(limits: &str) -> usize {
    const MOST: usize = 4096;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let files = line.and_then(|line| line.split_whitespace().next());
    match files.map(str::parse::<usize>) {
        Some(Ok(files)) => MOST.min(files - files / 4),
        // The number of files is unlimited or unknown.
        Some(Err(_)) | None => MOST,
    }
}
