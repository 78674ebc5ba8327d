//! The guide is `docs/API.md`: the image is built with it, and its commands work, on the server that shows it.

use super::{
    examples::{Server, run},
    shown::Page,
};
use crate::{harness::App, layers::root};
use std::{fs, process::Command};

#[tokio::test]
async fn the_commands_of_the_guide_work_one_after_the_other() {
    let server = Server::with(&[]).await;
    let app = &server.app;
    let page = Page::of(app).await;
    let sections = ["getting-started", "idempotency", "versions"];
    let script: String = sections
        .iter()
        .map(|section| page.commands(section))
        .collect();
    assert!(script.contains(&server.url) && script.matches("curl ").count() >= 7);
    // A request that is refused ends the script.
    let script = format!("set -e\ncurl() {{ command curl --fail-with-body \"$@\"; }}\n{script}");
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

#[tokio::test]
async fn the_page_names_the_public_address_and_no_other_server() {
    for url in ["https://help.example.com", "https://example.com/support"] {
        let page = Page::of(&App::with(&[("PUBLIC_URL", url)]).await).await;
        assert!(
            !page.html.contains("127.0.0.1"),
            "a server of somebody else"
        );
        let base = format!("export API={url}/api/v1\n");
        assert!(page.commands("getting-started").contains(&base));
        let path = format!("curl \"{url}/health/ready");
        assert!(page.sample("isReady", "curl").starts_with(&path));
        let list = page.sample("listTickets", "curl");
        assert!(list.starts_with("curl \"$API/support/tickets"), "{list}");
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
