//! Every dependency of a manifest is named by a source of its crate. An unused one costs time to
//! build, and its licence and its advisories count as ours.

use super::{ARROWS, dependencies, root, section_of, sources};
use std::path::Path;

/// Dependencies that no source names: folder, package, and the reason why it is needed.
const NAMED_BY_NO_SOURCE: &[(&str, &str, &str)] = &[
    (
        "shared/platform",
        "schemars",
        "the macro `text_enum` names it",
    ),
    ("shared/platform", "serde", "the macro `text_enum` names it"),
    ("shared/jobs", "schemars", "the macro `text_enum` names it"),
];

/// Libraries of tests. Under `[dependencies]` the program would be built with them.
const FOR_TESTS_ONLY: &[&str] = &["boon", "mail-parser", "proptest"];

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
        NAMED_BY_NO_SOURCE.iter().any(excused)
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
    let mut report = Vec::new();
    let folders = ARROWS.iter().map(|(folder, _)| *folder);
    for folder in folders.chain(["."]) {
        let source = Path::new(folder).join("src");
        let of_crate = texts(&[source.to_str().unwrap()]);
        let beside = beside(folder);
        let beside: Vec<&str> = beside.iter().map(String::as_str).collect();
        let of_tests = texts(&beside);
        for (section, texts) in [("dependencies", of_crate), ("dev-dependencies", of_tests)] {
            let mut found = unused(folder, section_of(folder, section), &texts);
            if section == "dependencies" {
                let of_tests = dependencies(folder);
                found.extend(
                    of_tests
                        .into_iter()
                        .filter(|name| FOR_TESTS_ONLY.contains(&name.as_str())),
                );
            }
            if !found.is_empty() {
                report.push(format!("{folder}, [{section}]: {}", found.join(", ")));
            }
        }
    }
    assert!(
        report.is_empty(),
        "no source of the program names these dependencies:\n{}",
        report.join("\n")
    );
}

#[test]
fn a_dependency_is_found_as_a_whole_word() {
    assert!(names("use tokio::sync;", "tokio"));
    assert!(names("use redis;", "redis"));
    assert!(names("let x = serde_json::json!({})", "serde_json"));
    assert!(!names("use tokio_util::sync;", "tokio"));
    assert!(!names("// tokio is not here", "tokio"));
}
