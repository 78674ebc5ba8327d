//! Every role reports all faults of the configuration at the start, and no secret appears anywhere.

use crate::harness::{Folder, Set, Site, stage::stage};
use secrecy::ExposeSecret;
use std::{collections::BTreeMap, fs, process::Output};

const ROLES: [&str; 5] = ["", "api", "worker", "scheduler", "migrate"];
const SECRET: (&str, &str) = ("JWT_SECRET", "a secret for tests that is long enough");

fn said(ended: &Output) -> String {
    [&ended.stdout, &ended.stderr]
        .map(|said| String::from_utf8_lossy(said))
        .concat()
}

/// What a command that cannot begin says.
fn refusal(site: &Site, command: &str, set: Set<'_>) -> String {
    let ended = site.run(command, set);
    let said = said(&ended);
    assert_eq!(ended.status.code(), Some(2), "{command}: {said}");
    said
}

#[tokio::test]
async fn addresses_that_cannot_be_read_are_told_by_every_role_and_never_repeated() {
    let folder = Folder::new("unreadable");
    let site = Site::alone(folder.path(), &[SECRET]);
    for (database, redis) in [
        ("postgres://me:hush@host:1x/y", "redis://:hush@host:port"),
        (
            "postgres://host/y?password=hush&sslmode=bogus",
            "redis://:hush@host/none",
        ),
    ] {
        for role in ROLES {
            let set = [("DATABASE_URL", database), ("REDIS_URL", redis)];
            let said = refusal(&site, role, &set);
            assert!(said.contains("2 problem"), "{said}");
            assert!(said.contains("\n  DATABASE_URL must be"), "{said}");
            assert!(said.contains("\n  REDIS_URL must be"), "{said}");
            assert!(!said.contains("hush"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_faulty_file_hides_no_fault_of_the_environment() {
    let folder = Folder::new("faulty-file");
    let site = Site::alone(folder.path(), &[]);
    let file = folder.path().join("support.toml");
    fs::write(&file, "PRT = 5000\nLOG = [1]\nHOST = \"nowhere\"\n").unwrap();
    let file = file.to_str().unwrap();
    for role in ROLES {
        let of_environment = [("LOG_FORMAT", "loud"), ("WORKER_QUEUES", "")];
        let set = [of_environment.as_slice(), &[("SUPPORT_CONFIG", file)]].concat();
        let said = refusal(&site, role, &set);
        assert!(said.contains("5 problem"), "{said}");
        for part in ["PRT", "LOG must", "HOST", "LOG_FORMAT", "WORKER_QUEUES"] {
            assert!(said.contains(part), "{part} is missing in: {said}");
        }
        let absent = [of_environment.as_slice(), &[("SUPPORT_CONFIG", "/nowhere")]].concat();
        let said = refusal(&site, role, &absent);
        assert!(said.contains("3 problem"), "{said}");
    }
    assert!(!folder.path().join("run").exists(), "something was started");
}

#[tokio::test]
async fn a_password_in_the_query_of_an_address_is_neither_printed_nor_logged() {
    let app = stage().await;
    // The driver does not know the second, and would warn of it with its value.
    let url = app.cx.config.database.url.expose_secret();
    let url = format!("{url}&password=hush&sslpassword=hush");
    let site = Site::of(&app, &[("DATABASE_URL", &url)]);

    let printed = said(&site.run("config", &[]));
    assert!(
        printed.contains("&password=***&sslpassword=***"),
        "{printed}"
    );
    assert!(!printed.contains("hush"), "{printed}");

    let ended = site.run("migrate", &[]);
    let said = said(&ended);
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(
        said.contains("DATABASE_URL has parameters that are not known"),
        "{said}"
    );
    assert!(!said.contains("hush"), "{said}");
}

#[tokio::test]
async fn what_differs_from_the_defaults_is_told_with_where_it_comes_from_and_without_secrets() {
    let folder = Folder::new("changed");
    let site = Site::alone(folder.path(), &[]);
    let file = folder.path().join("support.toml");
    fs::write(
        &file,
        "AUTO_CLOSE_DAYS = 3\nJWT_SECRET = \"hush\"\nPORT = 1\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let set = [
        ("SUPPORT_CONFIG", file),
        ("DATABASE_URL", "postgres://me:hush@db.example.com/x"),
        ("PORT", "5000"),
    ];
    let printed = site.run("config --changed --json", &set);
    assert_eq!(printed.status.code(), Some(0));
    let changed: Vec<BTreeMap<String, String>> = serde_json::from_slice(&printed.stdout).unwrap();
    let told = |name: &str| -> Option<[&str; 3]> {
        let setting = changed.iter().find(|setting| setting["name"] == name)?;
        Some(["value", "from", "default"].map(|field| setting[field].as_str()))
    };
    let of_file = format!("file {file}");
    assert_eq!(told("AUTO_CLOSE_DAYS"), Some(["3", of_file.as_str(), "7"]));
    assert_eq!(told("JWT_SECRET"), Some(["***", of_file.as_str(), ""]));
    let masked = "postgres://***@db.example.com/x";
    assert_eq!(told("DATABASE_URL"), Some([masked, "environment", ""]));
    // The environment has the default again.
    assert_eq!(told("PORT"), None);
    assert_eq!(told("LOG"), None);

    let text = said(&site.run("config --changed", &set));
    let head: Vec<_> = text.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(head, ["SETTING", "VALUE", "FROM", "DEFAULT"]);
    assert_eq!(text.lines().count(), changed.len() + 1);
    let all = site.run("config --json", &set);
    let all: BTreeMap<String, String> = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(all["LOG"], "info");
    assert_eq!(all["DATABASE_URL"], masked);
    assert!(!text.contains("hush"), "{text}");
}
