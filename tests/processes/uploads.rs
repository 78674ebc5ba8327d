//! Many uploads at a time, over connections to the program itself, and a disk that is full.

use crate::harness::{Caller, Http, Site, eventually, stage::stage};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const ATTACHMENTS: &str = "/api/v1/support/attachments";
/// For what is sure to come.
const LIMIT: Duration = Duration::from_mins(1);

/// A multipart form with one file.
fn form(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat()
}

/// Begins an upload, and tells the status of what comes first: 100 when its body is waited for.
async fn begin(http: Http, caller: &Caller, length: usize, headers: &str) -> (TcpStream, u16) {
    let mut stream = TcpStream::connect(http.address()).await.unwrap();
    let head = format!(
        "POST {ATTACHMENTS} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n\
         Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {length}\r\n{headers}\r\n",
        caller.token().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    if !headers.contains("Expect") {
        return (stream, 0);
    }
    let mut status = [0; 12];
    let read = timeout(LIMIT, stream.read_exact(&mut status));
    read.await.unwrap().unwrap();
    let status = String::from_utf8_lossy(&status[9..]).parse().unwrap();
    (stream, status)
}

/// Sends a file: the status, and all of the answer.
async fn sends(http: Http, caller: &Caller, bytes: &[u8]) -> (u16, String) {
    let form = form("notes.txt", bytes);
    let (mut stream, _) = begin(http, caller, form.len(), "Connection: close\r\n").await;
    stream.write_all(&form).await.unwrap();
    let mut answer = String::new();
    let read = timeout(LIMIT, stream.read_to_string(&mut answer)).await;
    read.unwrap().unwrap();
    (answer[9..12].parse().unwrap(), answer)
}

#[tokio::test]
async fn a_few_slow_uploads_keep_nobody_else_from_uploading() {
    let app = stage().await;
    let api = Site::of(&app, &[]).start("api");
    let http = api.http().await;
    let (mut slow, mut statuses) = (Vec::new(), Vec::new());
    for person in 0..16 {
        let person = app.customer(&format!("Slow{person}")).await;
        for _ in 0..4 {
            let (stream, status) = begin(http, &person, 1_000, "Expect: 100-continue\r\n").await;
            slow.push(stream);
            statuses.push(status);
        }
    }
    let arriving = statuses.iter().filter(|status| **status == 100).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((arriving, refused), (25, 39), "{statuses:?}");
    // From the same address.
    let ann = app.customer("Ann").await;
    let (status, answer) = sends(http, &ann, b"some text").await;
    assert_eq!(status, 201, "{answer}");
    drop(slow);
    let (status, answer) = sends(http, &ann, b"some text").await;
    assert_eq!(status, 201, "{answer}");
}

#[tokio::test]
async fn a_full_disk_is_for_later_and_what_fits_is_taken() {
    let app = stage().await;
    // As many bytes as a log needs, and not as many as the file has.
    let api = Site::of(&app, &[]).start_with_file_size("api", 1024 * 1024);
    let http = api.http().await;
    let ann = app.customer("Ann").await;
    let (status, answer) = sends(http, &ann, &vec![b'x'; 3 * 1024 * 1024]).await;
    assert_eq!(status, 503, "{answer}");
    assert!(answer.contains("retry-after: "), "{answer}");
    assert!(answer.contains("\"code\":\"unavailable\""), "{answer}");
    eventually("the failure is told", async || {
        api.log().contains("could not be written to the disk")
    })
    .await;
    let (status, answer) = sends(http, &ann, b"some text").await;
    assert_eq!(status, 201, "{answer}");
}
