//! `support reset`, beside a running system and after it.

use crate::harness::{Folder, Site};
use std::{fs, path::Path, process::Output};

fn said(ended: &Output) -> String {
    [&ended.stdout, &ended.stderr]
        .map(|said| String::from_utf8_lossy(said))
        .concat()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn reset_removes_the_data_of_first_use_and_nothing_else_once_nothing_runs_on_them() {
    let folder = Folder::new("reset");
    let data = folder.path().join("data");
    let site = Site::alone(folder.path(), &[("DATA_DIR", data.to_str().unwrap())]);
    let mut program = site.start("");
    program.http().await;
    let demo = data.join("demo");
    fs::create_dir_all(demo.join("mail")).unwrap();
    fs::write(data.join("mine.txt"), "not of the program").unwrap();

    let refused = site.run("reset --yes", &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("a system runs on"),
        "{}",
        said(&refused)
    );
    assert!(program.runs() && data.join("postgres").exists() && demo.exists());
    assert_eq!(program.terminate().await, Some(0), "{}", program.log());

    let nobody_agreed = site.run("reset", &[]);
    assert_eq!(nobody_agreed.status.code(), Some(1));
    assert!(
        said(&nobody_agreed).contains("say --yes"),
        "{}",
        said(&nobody_agreed)
    );
    assert!(data.join("postgres").exists());

    let of_demo = site.run("reset --demo --yes", &[]);
    assert_eq!(of_demo.status.code(), Some(0), "{}", said(&of_demo));
    assert!(!demo.exists() && data.join("postgres").exists());

    let reset = site.run("reset --yes", &[]);
    assert_eq!(reset.status.code(), Some(0), "{}", said(&reset));
    let told = said(&reset);
    assert!(
        told.contains(&format!("Removed {}", data.display())),
        "{told}"
    );
    assert_eq!(names(&data), ["mine.txt"]);

    fs::remove_file(data.join("mine.txt")).unwrap();
    fs::remove_dir(&data).unwrap();
    let again = said(&site.run("reset --yes", &[]));
    assert!(again.contains("nothing to remove"), "{again}");
}

#[tokio::test]
async fn reset_touches_no_server_that_the_settings_name() {
    let folder = Folder::new("reset-named");
    let named = [
        ("DATABASE_URL", "postgres://localhost/nowhere"),
        ("REDIS_URL", "redis://localhost"),
    ];
    let site = Site::alone(folder.path(), &named);
    fs::create_dir_all(folder.path().join("attachments")).unwrap();
    let refused = site.run("reset --yes", &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("DATABASE_URL"),
        "{}",
        said(&refused)
    );
    assert!(folder.path().join("attachments").exists());
}
