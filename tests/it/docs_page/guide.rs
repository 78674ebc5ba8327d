//! The guide is `docs/API.md`: the image is built with it, and its commands work.

use super::examples::{Server, run};
use crate::{harness::App, layers::root};
use std::{fs, process::Command};

/// The commands of a section of the guide.
fn commands(text: &str, section: &str) -> String {
    let (_, rest) = text.split_once(&format!("\n## {section}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let blocks = section.split("```sh\n").skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap())
        .collect()
}

#[tokio::test]
async fn the_commands_of_the_guide_work_one_after_the_other() {
    let app = App::new().await;
    let server = Server::of(&app).await;
    let text = fs::read_to_string(root().join("docs/API.md")).unwrap();
    let sections = ["Getting started", "Idempotency", "Versions"];
    let script: String = sections
        .iter()
        .map(|section| commands(&text, section))
        .collect();
    let local = "http://127.0.0.1:5000";
    assert!(script.contains(local) && script.matches("curl ").count() >= 7);
    // A request that is refused ends the script.
    let script = format!("set -e\ncurl() {{ command curl --fail-with-body \"$@\"; }}\n{script}")
        .replace(local, &server.url);
    fs::create_dir_all(app.folder()).unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).current_dir(app.folder());
    let ended = run(bash).await;
    assert!(ended.status.success(), "{}{}", ended.said, ended.complained);
    for (told, why) in [
        ("assignedTo", "the ticket"),
        ("I tried a second card", "the message"),
        ("refund", "the new tag"),
    ] {
        assert!(
            ended.said.contains(told),
            "{why} is missing in {}",
            ended.said
        );
    }
}

#[test]
fn the_image_is_built_with_the_guide() {
    let ignored = fs::read_to_string(root().join(".dockerignore")).unwrap();
    let last = ignored
        .lines()
        .rfind(|line| ["docs", "**/*.md", "!docs/API.md"].contains(line));
    assert_eq!(
        last,
        Some("!docs/API.md"),
        "the last line that fits decides"
    );
}
