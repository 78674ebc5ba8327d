//! Slow and silent clients over real sockets, and a disk that cannot be written to.

use super::{Pace, receive};
use crate::{error::Problem, tests::context};
use axum::{Router, extract::Request, routing::post};
use platform::config::Attachments;
use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

/// For events that are sure to come.
const LONG: Duration = Duration::from_mins(1);
const FORM: &str =
    "--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nsome text\r\n--edge--\r\n";

/// A folder of one test, which is deleted with it.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let folder = env::temp_dir().join(format!("uploads-{}-{test}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// A server that spools uploads into that folder.
struct Server {
    address: SocketAddr,
    _running: JoinSet<()>,
}

impl Server {
    async fn start(arriving: &Path, pace: Pace) -> Self {
        let config = Attachments {
            arriving: arriving.to_owned(),
            ..context().config.attachments.clone()
        };
        let take = async move |request: Request| {
            let arrived = receive(&config, pace, "one", request).await?;
            Ok::<_, Problem>(arrived.bytes().await?.len().to_string())
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut running = JoinSet::new();
        let routes = Router::new().route("/", post(take));
        running.spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self {
            address,
            _running: running,
        }
    }

    /// A connection that has sent the head of an upload.
    async fn begin(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: here\r\nContent-Type: multipart/form-data; boundary=edge\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            FORM.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }
}

/// The status line of the response.
async fn status(stream: &mut TcpStream) -> String {
    let mut answer = [0; 12];
    let read = timeout(LONG, stream.read_exact(&mut answer)).await.unwrap();
    read.unwrap();
    String::from_utf8(answer.to_vec()).unwrap()
}

#[tokio::test]
async fn a_sender_that_falls_silent_is_given_up_and_one_that_sends_all_is_answered() {
    let folder = Folder::new("silent");
    let pace = Pace {
        grace: Duration::from_secs(1),
        least: 1,
    };
    let server = Server::start(folder.path(), pace).await;
    let mut sends = server.begin().await;
    sends.write_all(FORM.as_bytes()).await.unwrap();
    assert_eq!(status(&mut sends).await, "HTTP/1.1 200");
    let mut silent = server.begin().await;
    silent.write_all(&FORM.as_bytes()[..70]).await.unwrap();
    assert_eq!(status(&mut silent).await, "HTTP/1.1 400");
}

#[tokio::test]
async fn a_sender_that_is_too_slow_is_given_up_though_never_silent_for_long() {
    let folder = Folder::new("slow");
    let pace = Pace {
        grace: Duration::from_millis(300),
        least: 1_000,
    };
    let server = Server::start(folder.path(), pace).await;
    let mut slow = server.begin().await;
    let mut answer = [0; 12];
    for byte in FORM.as_bytes() {
        slow.write_all(&[*byte]).await.unwrap();
        // One byte after each wait without a response: far below the least pace.
        if let Ok(read) = timeout(Duration::from_millis(20), slow.peek(&mut answer)).await {
            assert!(read.unwrap() > 0);
            break;
        }
    }
    assert_eq!(status(&mut slow).await, "HTTP/1.1 400");
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_to_gives_503() {
    let folder = Folder::new("disk");
    // No folder can be created below a file, not even by root.
    let blocked = folder.path().join("file");
    fs::write(&blocked, "").unwrap();
    let server = Server::start(&blocked.join("arriving"), Pace::default()).await;
    let mut sends = server.begin().await;
    sends.write_all(FORM.as_bytes()).await.unwrap();
    assert_eq!(status(&mut sends).await, "HTTP/1.1 503");
}
