//! Migrations that databases have applied stay as they are: a program with another text of one refuses to start on them.

use crate::layers::root;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs};

/// The files of `migrations/`: name and SHA-256 in hexadecimal digits.
fn present() -> BTreeMap<String, String> {
    let entries = fs::read_dir(root().join("migrations")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let migrations = paths.filter(|path| path.extension().is_some_and(|kind| kind == "sql"));
    migrations
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let hash = Sha256::digest(fs::read(&path).unwrap());
            let digits = hash.iter().map(|byte| format!("{byte:02x}"));
            (name, digits.collect())
        })
        .collect()
}

/// The lines of `migrations/checksums`, in the form of `sha256sum`.
fn listed() -> BTreeMap<String, String> {
    let lines = fs::read_to_string(root().join("migrations/checksums")).unwrap();
    let parts = lines.lines().map(|line| line.split_once("  ").unwrap());
    parts
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect()
}

#[test]
fn a_migration_that_has_landed_is_never_edited_or_removed() {
    let present = present();
    assert!(present.len() > 20, "{present:?}");
    for (name, hash) in &listed() {
        assert_eq!(
            present.get(name),
            Some(hash),
            "{name} has landed: restore it, and write a new migration"
        );
    }
}

#[test]
fn a_new_migration_is_listed_with_its_checksum() {
    let listed = listed();
    let new: Vec<_> = present()
        .into_keys()
        .filter(|name| !listed.contains_key(name))
        .collect();
    assert!(
        new.is_empty(),
        "add the lines of `sha256sum {}` to migrations/checksums",
        new.join(" ")
    );
}
