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
    dev_with(checkout, arguments, &[])
}

fn dev_with(checkout: &Path, arguments: &[&str], set: &[(&str, &Path)]) -> Output {
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
        .env_remove("CARGO_TARGET_DIR")
        .envs(set.iter().copied())
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
fn the_first_build_of_the_tests_is_announced_too() {
    let folder = Folder::new("first-tests");
    let checkout = folder.path();
    // Nothing is missing that would be installed.
    for tool in ["cargo", "initdb", "redis-server", "python3", "curl", "zsh"] {
        stand_in(&checkout.join("bin").join(tool));
    }
    fs::write(checkout.join("Cargo.toml"), "").unwrap();
    let [ran, told] = said(&dev(checkout, &["test", "--no-fail-fast"]));
    assert_eq!(ran, "cargo test --workspace --no-fail-fast\n");
    assert!(
        told.contains("5 minutes") && told.contains("GB in target/"),
        "{told}"
    );

    stand_in(&checkout.join("target/debug/support"));
    let [_, told] = said(&dev(checkout, &["test"]));
    assert!(told.contains("2 minutes"), "`./dev` has built most: {told}");

    stand_in(&checkout.join("target/debug/deps/processes-0123456789abcdef"));
    let [_, told] = said(&dev(checkout, &["test"]));
    assert_eq!(told, "", "the second build is short");
}

#[test]
fn a_first_build_is_one_in_the_folder_that_cargo_builds_into() {
    let folder = Folder::new("elsewhere");
    let checkout = folder.path();
    let elsewhere = checkout.join("shared-target");
    let set = [("CARGO_TARGET_DIR", elsewhere.as_path())];
    stand_in(&checkout.join("bin/cargo"));
    stand_in(&checkout.join("target/debug/support"));
    fs::write(checkout.join("Cargo.toml"), "").unwrap();
    let [_, told] = said(&dev_with(checkout, &[], &set));
    assert!(told.contains(elsewhere.to_str().unwrap()), "{told}");

    stand_in(&elsewhere.join("debug/support"));
    let [_, told] = said(&dev_with(checkout, &[], &set));
    assert_eq!(told, "");
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
