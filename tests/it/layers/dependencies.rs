//! Every dependency of a manifest is named by a source of its crate. An unused one costs time to
//! build, and its licence and its advisories count as ours.

use super::{ARROWS, dependencies, root, section_of, sources};
use std::path::Path;

/// Dependencies that no source names, each with the reason why it is needed.
const ONLY_FOR_FEATURES: &[(&str, &str, &str)] = &[];

fn identifier(package: &str) -> String {
    package.replace('-', "_")
}

/// Whether a source has `name::`, `name!` or `use name`, as a whole word.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + name.len()..];
        let is_word_start = before.is_none_or(|letter| !letter.is_alphanumeric() && letter != '_');
        let is_imported = text[..at].ends_with("use ") && rest.starts_with([';', ' ']);
        is_word_start && (rest.starts_with("::") || rest.starts_with('!') || is_imported)
    })
}

fn unused(folder: &str, packages: Vec<String>, texts: &[String]) -> Vec<String> {
    let is_excused = |package: &String| {
        let excused = |(at, name, _): &(&str, &str, &str)| *at == folder && name == package;
        ONLY_FOR_FEATURES.iter().any(excused)
    };
    packages
        .into_iter()
        .filter(|package| !package.is_empty() && !package.starts_with('#'))
        .filter(|package| !is_excused(package))
        .filter(|package| !texts.iter().any(|text| names(text, &identifier(package))))
        .collect()
}

fn texts(folders: &[&str]) -> Vec<String> {
    sources(folders).into_iter().map(|(_, text)| text).collect()
}

/// The folders of sources that a crate has beside `src`.
fn beside(folder: &str) -> Vec<String> {
    ["src", "tests", "bench", "examples", "benches"]
        .into_iter()
        .map(|name| Path::new(folder).join(name))
        .filter(|path| has_sources(path))
        .map(|path| path.to_string_lossy().into_owned())
        .collect()
}

fn has_sources(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else {
        return false;
    };
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.any(|path| path.is_dir() || path.extension().is_some_and(|kind| kind == "rs"))
}

#[test]
fn every_dependency_is_named_by_a_source() {
    let folders = ARROWS.iter().map(|(folder, _)| *folder);
    for folder in folders.chain(["."]) {
        let source = Path::new(folder).join("src");
        let found = unused(
            folder,
            dependencies(folder),
            &texts(&[source.to_str().unwrap()]),
        );
        assert!(found.is_empty(), "{folder} does not use {found:?}");
        let beside = beside(folder);
        let beside: Vec<&str> = beside.iter().map(String::as_str).collect();
        let of_tests = section_of(folder, "dev-dependencies");
        let found = unused(folder, of_tests, &texts(&beside));
        assert!(
            found.is_empty(),
            "no test of {folder} uses {found:?}, which are in its dev-dependencies"
        );
    }
}

#[test]
fn a_dependency_is_found_as_a_whole_word() {
    assert!(names("use tokio::sync;", "tokio"));
    assert!(names("use redis;", "redis"));
    assert!(names("let x = serde_json::json!({})", "serde_json"));
    assert!(!names("use tokio_util::sync;", "tokio"));
    assert!(!names("// tokio is not here", "tokio"));
}
