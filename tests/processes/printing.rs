//! Commands whose reader closes the pipe.

use crate::harness::{Site, stage::stage};
use std::{io, process::Stdio};

#[tokio::test]
async fn a_reader_that_closes_the_pipe_fails_no_command() {
    let app = stage().await;
    let site = Site::of(&app, &[]);
    for arguments in [
        "--help",
        "config",
        "jobs list",
        "jobs stats",
        "jobs pause email",
        "admin create --email eve@example.com --first-name Eve --last-name Otieno --phone +254712345678",
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = site.command(arguments, &[]);
        let ended = command.stdout(writer).stderr(Stdio::piped()).output();
        let ended = ended.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(0), "{arguments}: {said}");
        assert!(!said.contains("Broken pipe"), "{arguments}: {said}");
    }
}
