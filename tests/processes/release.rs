//! The archive that `deploy/release` makes, by a stand-in for cargo that builds a stand-in for the program.

use crate::harness::{Folder, root};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

const CARGO: &str = r#"#!/bin/sh
mkdir -p "$CARGO_TARGET_DIR/release"
printf '#!/bin/sh\n[ "$1" = --version ] && echo "support 1.2.3" || echo "support $*"\n' >"$CARGO_TARGET_DIR/release/support"
chmod +x "$CARGO_TARGET_DIR/release/support"
"#;

/// Runs a program to its end. What it said.
fn run(command: &mut Command) -> String {
    let ended = command.output().unwrap();
    assert!(ended.status.success(), "{command:?}: {ended:?}");
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

/// The archive, made and unpacked in a folder of its own.
fn unpacked(folder: &Path) -> PathBuf {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join("cargo"), CARGO).unwrap();
    fs::set_permissions(bin.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    let target = folder.join("target");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    let mut release = Command::new("sh");
    release.arg(root().join("deploy/release"));
    run(release.env("PATH", path).env("CARGO_TARGET_DIR", &target));

    let out = target.join("release-archive");
    let names = fs::read_dir(&out).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let [archive, sum] = names.try_into().unwrap();
    assert_eq!(sum, format!("{archive}.sha256"));
    let noted = fs::read_to_string(out.join(sum)).unwrap();
    assert!(
        noted.trim_end().ends_with(&archive),
        "the name without a folder: {noted}"
    );
    run(Command::new("tar")
        .arg("-xzf")
        .arg(out.join(&archive))
        .arg("-C")
        .arg(folder));
    let name = archive.strip_suffix(".tar.gz").unwrap();
    assert!(name.starts_with("baitech-support-1.2.3-"), "{name}");
    folder.join(name)
}

/// The documents below a folder.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
}

/// Where the links of a document lead, of those to files.
fn links(text: &str) -> Vec<&str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    let paths = targets.map(|(target, _)| target.split('#').next().unwrap());
    paths
        .filter(|path| !path.is_empty() && !path.contains("://") && !path.contains(' '))
        .collect()
}

#[test]
fn every_link_of_the_documents_in_the_archive_leads_to_a_file() {
    let folder = Folder::new("release-links");
    let archive = unpacked(folder.path());
    let mut found = Vec::new();
    documents(&archive, &mut found);
    let (mut followed, mut lost) = (0, Vec::new());
    for document in &found {
        let text = fs::read_to_string(document).unwrap();
        for link in links(&text) {
            followed += 1;
            if !document.parent().unwrap().join(link).exists() {
                lost.push(format!(
                    "{}: {link}",
                    document.strip_prefix(&archive).unwrap().display()
                ));
            }
        }
    }
    assert!(
        found.len() > 12 && followed > 60,
        "{} documents, {followed} links",
        found.len()
    );
    assert!(lost.is_empty(), "these lead nowhere: {lost:#?}");
}

#[test]
fn the_archive_starts_without_rust_and_its_readme_names_only_what_it_has() {
    let folder = Folder::new("release-start");
    let archive = unpacked(folder.path());
    let mut dev = Command::new("sh");
    dev.arg(archive.join("dev"))
        .arg("demo")
        .env("PATH", "/usr/bin:/bin");
    dev.env("DATABASE_URL", "postgres://localhost/nowhere")
        .env("REDIS_URL", "redis://localhost");
    assert_eq!(run(&mut dev), "support demo\n");

    let readme = fs::read_to_string(archive.join("README.md")).unwrap();
    let (_, layout) = readme.split_once("## Repository layout").unwrap();
    let folders = layout
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("/`"));
    let folders: Vec<_> = folders.map(|(folder, _)| folder).collect();
    assert!(
        folders.contains(&"deploy") && folders.contains(&"examples"),
        "{folders:?}"
    );
    for folder in folders {
        assert!(
            archive.join(folder).is_dir(),
            "{folder}/ is not in the archive"
        );
    }
    for of_source in ["docker compose up --build", ".ci/run"] {
        assert!(!readme.contains(of_source), "{of_source} needs the source");
    }
    let settings = archive.join("shared/config.default.toml");
    assert!(settings.is_file(), "the README links to it");
}
