//! The script `dev`, with stand-ins for cargo and the program that only say how they were called.

use crate::harness::{Folder, root};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

/// Puts a program into a folder that says its name and its arguments.
fn stand_in(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "#!/bin/sh\necho \"$(basename \"$0\") $*\"\n").unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn dev(checkout: &Path, arguments: &[&str]) -> Output {
    fs::create_dir_all(checkout).unwrap();
    fs::copy(root().join("dev"), checkout.join("dev")).unwrap();
    Command::new("sh")
        .arg(checkout.join("dev"))
        .args(arguments)
        // The stand-in for cargo, and only the system's own programs besides.
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", checkout.join("bin").display()),
        )
        .env("HOME", checkout)
        // Servers are there: nothing is to be installed.
        .env("DATABASE_URL", "postgres://localhost/nowhere")
        .env("REDIS_URL", "redis://localhost")
        .output()
        .unwrap()
}

fn said(output: &Output) -> [String; 2] {
    assert!(output.status.success(), "{output:?}");
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned())
}

#[test]
fn the_first_build_is_announced_with_its_minutes_its_space_and_the_place_of_the_data() {
    let folder = Folder::new("first-build");
    let checkout = folder.path();
    stand_in(&checkout.join("bin/cargo"));
    fs::write(checkout.join("Cargo.toml"), "").unwrap();
    let [ran, told] = said(&dev(checkout, &["demo"]));
    assert_eq!(ran, "cargo run -- demo\n");
    for part in ["minutes", "GB in target/", ".data", "./dev reset"] {
        assert!(told.contains(part), "{part} is missing in: {told}");
    }

    stand_in(&checkout.join("target/debug/support"));
    let [ran, told] = said(&dev(checkout, &[]));
    assert_eq!(ran, "cargo run --\n");
    assert_eq!(told, "", "the second build is short");
}

#[test]
fn in_a_release_archive_everything_runs_without_rust_except_the_tests() {
    let folder = Folder::new("archive");
    let archive = folder.path();
    stand_in(&archive.join("support"));
    let [ran, told] = said(&dev(archive, &["demo", "--tickets", "30"]));
    assert_eq!(ran, "support demo --tickets 30\n");
    assert_eq!(told, "");
    let tests = dev(archive, &["test"]);
    assert_eq!(tests.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&tests.stderr).contains("need the source"));
}
