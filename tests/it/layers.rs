//! Guards of the architecture: which crate may depend on which, which file may do what.

mod dependencies;
mod graph;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source below these folders: its path from the root, and its text.
pub fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// The code of a file: no comments, and nothing of its tests.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]").next().unwrap();
    // Attributes of storage stand at the type, under the feature `sqlx`.
    let lines = before_tests.lines().filter(|line| {
        !line.trim_start().starts_with("//")
            && !line.contains("sqlx::Type")
            && !line.contains("#[sqlx(")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn dependencies(of: &str) -> Vec<String> {
    section_of(of, "dependencies")
}

/// The names in a section of a crate's manifest; none if the section is absent.
fn section_of(folder: &str, section: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let head = format!("\n[{section}]\n");
    let lines = manifest.split_once(&head).map_or("", |(_, rest)| rest);
    let lines = lines.split("\n[").next().unwrap_or_default();
    let names = lines
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next());
    names
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// Which crates of ours each crate may depend on. The arrows go one way.
const ARROWS: &[(&str, &[&str])] = &[
    ("shared/domain", &[]),
    ("shared/servers", &[]),
    ("shared/platform", &["domain"]),
    ("shared/jobs", &["domain", "platform"]),
    ("shared/actions", &["domain", "jobs", "platform"]),
    ("api", &["actions", "domain", "jobs", "platform"]),
    ("worker", &["actions", "domain", "jobs", "platform"]),
    ("scheduler", &["actions", "domain", "jobs", "platform"]),
    // It runs the jobs that its own actions enqueue, by the worker's code.
    ("demo", &["actions", "domain", "jobs", "platform", "worker"]),
];

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    let ours = [
        "actions",
        "api",
        "baitech-support",
        "demo",
        "domain",
        "jobs",
        "platform",
        "scheduler",
        "servers",
        "worker",
    ];
    for (folder, allowed) in ARROWS {
        for dependency in dependencies(folder) {
            let is_ours = ours.contains(&dependency.as_str());
            assert!(
                !is_ours || allowed.contains(&dependency.as_str()),
                "{folder} depends on {dependency}"
            );
        }
    }
}

/// The compiler proves that no rule needs a database: `.ci/run` checks the crate without its feature `sqlx`.
#[test]
fn the_rules_of_the_domain_depend_on_nothing_that_reaches_out() {
    let manifest = fs::read_to_string(root().join("shared/domain/Cargo.toml")).unwrap();
    assert!(manifest.contains("sqlx = { workspace = true, optional = true }"));
    assert!(
        !manifest.contains("default ="),
        "no feature is on by default"
    );
    let of_domain = dependencies("shared/domain");
    for library in [
        "argon2",
        "axum",
        "hyper",
        "lettre",
        "object_store",
        "rand",
        "redis",
        "tokio",
        "tracing",
    ] {
        assert!(
            !of_domain.contains(&library.to_owned()),
            "domain has {library}"
        );
    }
}

#[test]
fn a_library_of_one_crate_stays_there() {
    for (library, homes) in [
        ("axum", &["api"][..]),
        ("jsonwebtoken", &["api"]),
        ("multer", &["api"]),
        ("apalis", &["worker"]),
        ("apalis-redis", &["worker"]),
        ("lettre", &["worker"]),
        ("cron", &["scheduler"]),
        ("argon2", &["shared/actions"]),
        ("infer", &["shared/domain"]),
        ("object_store", &["shared/platform"]),
        ("opentelemetry", &["shared/platform"]),
        ("opentelemetry-otlp", &["shared/platform"]),
        ("opentelemetry_sdk", &["shared/platform"]),
        ("prometheus-client", &["shared/platform", "shared/actions"]),
    ] {
        let folders = ARROWS.iter().map(|(folder, _)| *folder);
        for folder in folders.chain(["."]) {
            let has = dependencies(folder).contains(&library.to_owned());
            assert!(
                !has || homes.contains(&folder),
                "{folder} depends on {library}, which belongs to {homes:?}"
            );
        }
    }
}

#[test]
fn a_pure_file_reaches_no_database_no_network_no_clock_and_no_chance() {
    let mut pure = 0;
    for (path, text) in sources(&["shared", "scheduler/src", "worker/src", "api/src"]) {
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        if !head.contains("Pure.") {
            continue;
        }
        pure += 1;
        // The compiler proves it of `domain`, where only code under the feature `sqlx` may name it.
        let is_proved = path.starts_with("shared/domain");
        assert!(
            is_proved || !code(&text).contains("sqlx"),
            "{} is pure and names sqlx",
            path.display()
        );
        for reach in [
            "tokio",
            "axum",
            "redis",
            "object_store",
            "tracing::",
            "std::env",
            "std::fs",
            "Utc::now",
            "SystemTime",
            "rand::",
        ] {
            assert!(
                !code(&text).contains(reach),
                "{} is pure and names {reach}",
                path.display()
            );
        }
    }
    assert!(pure > 20, "only {pure} files say that they are pure");
}

#[test]
fn the_store_of_files_is_reached_through_one_folder() {
    let home = Path::new("shared/platform/src/files");
    let mut reached = 0;
    for (path, text) in sources(&[
        "shared",
        "scheduler/src",
        "worker/src",
        "api/src",
        "demo/src",
        "src",
    ]) {
        let names_it = code(&text).contains("object_store");
        reached += usize::from(names_it);
        assert!(
            !names_it || path.starts_with(home),
            "{} names object_store, which belongs to {}",
            path.display(),
            home.display()
        );
    }
    assert!(reached > 0);
}

/// The modules that a source names: the first word after each `begins_with`, groups in braces included.
fn named<'c>(code: &'c str, begins_with: &str) -> BTreeSet<&'c str> {
    let mut found = BTreeSet::new();
    for path in code.split(begins_with).skip(1) {
        let Some(group) = path.strip_prefix('{') else {
            found.insert(word(path));
            continue;
        };
        let (mut depth, mut begins) = (0, true);
        for (at, letter) in group.char_indices() {
            match letter {
                '}' if depth == 0 => break,
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                letter if begins && letter.is_alphabetic() => {
                    found.insert(word(&group[at..]));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &text[..end.unwrap_or(text.len())]
}

#[test]
fn the_ledger_and_the_counters_know_nothing_of_tickets_people_or_notifications() {
    let words = &["channel", "queue", "text_enum"][..];
    for (place, ours, allowed) in [
        ("shared/jobs/src", "domain::", words),
        ("shared/platform/src/metrics", "domain::", words),
        ("shared/domain/src/queue.rs", "crate::", &["text_enum"]),
        (
            "shared/domain/src/channel.rs",
            "crate::",
            &["queue", "text_enum"],
        ),
    ] {
        let mut looked_at = 0;
        for (path, text) in sources(&["shared"]) {
            if !path.starts_with(place) {
                continue;
            }
            looked_at += 1;
            for module in named(&code(&text), ours) {
                assert!(
                    allowed.contains(&module),
                    "{} names {module}; it may name {allowed:?}",
                    path.display()
                );
            }
        }
        assert!(looked_at > 0, "nothing is at {place}");
    }
}

#[test]
fn only_stores_have_queries() {
    for (path, text) in sources(&[
        "shared",
        "scheduler/src",
        "worker/src",
        "api/src",
        "demo/src",
        "src",
    ]) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "store.rs" || path.iter().any(|part| part == "store") {
            continue;
        }
        for query in [
            "query!(",
            "query_as!(",
            "query_scalar!(",
            "QueryBuilder",
            "sqlx::query",
        ] {
            assert!(
                !code(&text).contains(query),
                "{} has a query: {query}",
                path.display()
            );
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (path, text) in sources(&[
        "shared",
        "scheduler/src",
        "worker/src",
        "api/src",
        "demo/src",
        "src",
        "tests",
    ]) {
        assert!(
            text.starts_with("//!"),
            "{} does not begin with //!",
            path.display()
        );
    }
}
