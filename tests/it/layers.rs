//! The arrows of the house: which crate may name which, which file may do what.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source below these folders, with its text.
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
    // How a type is stored is said where the type is.
    let lines = before_tests.lines().filter(|line| {
        !line.trim_start().starts_with("//")
            && !line.contains("sqlx::Type")
            && !line.contains("#[sqlx(")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn dependencies(of: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(of).join("Cargo.toml")).unwrap();
    let section = manifest
        .split("[dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap()
        .to_owned();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_roles_never_name_each_other() {
    for role in ["api", "worker", "scheduler"] {
        for other in ["api", "worker", "scheduler"] {
            assert!(
                !dependencies(role).contains(&other.to_owned()),
                "{role} depends on {other}"
            );
        }
    }
    for role in ["api", "worker", "scheduler", "baitech-support"] {
        assert!(
            !dependencies("shared").contains(&role.to_owned()),
            "shared depends on {role}"
        );
    }
}

#[test]
fn a_library_of_one_role_stays_there() {
    for (library, home) in [
        ("axum", "api"),
        ("jsonwebtoken", "api"),
        ("multer", "api"),
        ("apalis", "worker"),
        ("apalis-redis", "worker"),
        ("lettre", "worker"),
        ("cron", "scheduler"),
        ("infer", "shared"),
        ("object_store", "shared"),
        ("opentelemetry", "shared"),
        ("opentelemetry-otlp", "shared"),
        ("opentelemetry_sdk", "shared"),
        ("prometheus-client", "shared"),
    ] {
        for crate_name in ["api", "worker", "scheduler", "shared", "."] {
            let has = dependencies(crate_name).contains(&library.to_owned());
            assert!(
                !has || crate_name == home,
                "{crate_name} depends on {library}, which belongs to {home}"
            );
        }
    }
}

#[test]
fn a_pure_file_reaches_no_database_no_network_no_clock_and_no_chance() {
    let mut pure = 0;
    for (path, text) in sources(&["shared/src", "scheduler/src", "worker/src", "api/src"]) {
        let head: String = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .collect();
        if !head.contains("Pure.") {
            continue;
        }
        pure += 1;
        for reach in [
            "sqlx",
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
    let home = Path::new("shared/src/attachments/files");
    let mut reached = 0;
    for (path, text) in sources(&[
        "shared/src",
        "scheduler/src",
        "worker/src",
        "api/src",
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

/// The modules of its own crate that a source names: the first word of each path that begins with `crate::`.
fn named(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for path in code.split("crate::").skip(1) {
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
    let ledger = &["db", "jobs", "queue", "text_enum", "trace", "work"][..];
    let counters = &["channel", "metrics", "queue"][..];
    for (places, allowed) in [
        (&["shared/src/jobs", "shared/src/schedules"][..], ledger),
        (&["shared/src/metrics"], counters),
        (&["shared/src/queue.rs"], &["text_enum"]),
        (&["shared/src/channel.rs"], &["queue", "text_enum"]),
    ] {
        let mut looked_at = 0;
        for (path, text) in sources(&["shared/src"]) {
            if !places.iter().any(|place| path.starts_with(place)) {
                continue;
            }
            looked_at += 1;
            for module in named(&code(&text)) {
                assert!(
                    allowed.contains(&module),
                    "{} names {module}; it may name {allowed:?}",
                    path.display()
                );
            }
        }
        assert!(looked_at > 0, "nothing is at {places:?}");
    }
}

#[test]
fn queries_are_in_stores_alone() {
    for (path, text) in sources(&[
        "shared/src",
        "scheduler/src",
        "worker/src",
        "api/src",
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
        "shared/src",
        "scheduler/src",
        "worker/src",
        "api/src",
        "src",
        "tests/it",
    ]) {
        assert!(
            text.starts_with("//!"),
            "{} does not begin with //!",
            path.display()
        );
    }
}
