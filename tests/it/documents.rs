//! The documents name only files, settings, routes and codes that exist, and have the table of statuses.

use crate::layers::{root, sources};
use actions::job_list::Job;
use api::problems;
use domain::{channel::Channel, tickets::Status};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The README and everything in `docs/`: name and text.
fn documents() -> Vec<(PathBuf, String)> {
    let docs = fs::read_dir(root().join("docs")).unwrap();
    let mut paths: Vec<PathBuf> = docs.map(|entry| entry.unwrap().path()).collect();
    paths.push(root().join("README.md"));
    let documents: Vec<_> = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(root()).unwrap().to_owned(), text)
        })
        .collect();
    documents
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// What stands in backticks within a line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| !line.starts_with("```"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Every file and folder of the repository, from its root; folders end with `/`.
fn repository() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            if ["target", ".git", ".data"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                found.insert(format!("{name}/"));
                folders.push(path);
            } else {
                found.insert(name);
            }
        }
    }
    found
}

/// Whether it is meant as a file or folder of the repository. `<verb>` stands for any name.
fn is_path(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte));
    let known_kind = [".rs", ".md", ".toml", ".sql", ".sh", ".yml", ".jinja"]
        .iter()
        .any(|ending| text.ends_with(ending));
    let below_a_folder = text
        .split_once('/')
        .is_some_and(|(first, _)| !first.is_empty() && first != "." && root().join(first).is_dir());
    plain && (known_kind || text.ends_with('/') || below_a_folder) && !text.starts_with('/')
}

/// A path is given from the root, or in short from the folder that the text is about.
fn is_there(path: &str, repository: &BTreeSet<String>) -> bool {
    let path = path.strip_prefix("./").unwrap_or(path);
    let folder = format!("{}/", path.trim_end_matches('/'));
    repository.iter().any(|known| {
        [path, folder.as_str()].iter().any(|wanted| {
            known
                .strip_suffix(wanted)
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    })
}

/// The paths in a text that lead nowhere.
fn absent<'a>(text: &'a str, repository: &BTreeSet<String>) -> Vec<&'a str> {
    quoted(text)
        .filter(|text| is_path(text) && !is_there(text, repository))
        .collect()
}

#[test]
fn files_and_folders_that_the_documents_name_are_there() {
    let repository = repository();
    // Proves that the search finds paths at all.
    let planted = "See `docs/API.md`, `docs/ABSENT.md`, `tests/absent/`, `absent.rs` and `a word`.";
    let found = absent(planted, &repository);
    assert_eq!(found, ["docs/ABSENT.md", "tests/absent/", "absent.rs"]);
    let mut wrong = Vec::new();
    for (document, text) in documents() {
        let paths = absent(&text, &repository).into_iter();
        wrong.extend(paths.map(|path| format!("{}: {path}", document.display())));
    }
    assert!(wrong.is_empty(), "not there: {}", wrong.join(", "));
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    for (document, text) in documents() {
        let targets = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            let folder = root().join(document.parent().unwrap_or(Path::new("")));
            assert!(
                folder.join(target).exists(),
                "{} links to {target}, which is not there",
                document.display()
            );
        }
    }
}

/// Words of capitals with an underscore that are no settings of the program.
const NO_SETTINGS: [&str; 9] = [
    "CARGO_TARGET_DIR",
    "FIRST_HOUR",
    "TICKET_ID",
    "EMPTY_DATABASE",
    "SUPPORT_CONFIG",
    "BUILD_DATABASE_URL",
    "POSTGRES_PASSWORD",
    "PROPTEST_CASES",
    "RUN_LIMIT",
];

/// The words of a text that look like settings and are none.
fn unknown_settings(text: &str) -> Vec<&str> {
    let settings: BTreeSet<&str> = platform::config::DEFAULTS
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words
        .filter(|word| {
            word.contains('_')
                && word.starts_with(|c: char| c.is_ascii_uppercase())
                && !word.contains(|c: char| c.is_ascii_lowercase())
        })
        .filter(|name| !NO_SETTINGS.contains(name) && !settings.contains(name))
        .collect()
}

#[test]
fn settings_that_the_documents_name_exist() {
    // Proves that the search finds settings at all.
    let planted = "Set `NO_SUCH_SETTING`, DATABASE_URL or SUPPORT_CONFIG; not A or a_b.";
    assert_eq!(unknown_settings(planted), ["NO_SUCH_SETTING"]);
    let mut wrong = Vec::new();
    for (document, text) in documents() {
        let names = unknown_settings(&text).into_iter();
        wrong.extend(names.map(|name| format!("{}: {name}", document.display())));
    }
    assert!(wrong.is_empty(), "no settings: {}", wrong.join(", "));
}

#[test]
fn the_document_of_the_api_has_every_route_and_no_other() {
    let text = document("API.md");
    let documented: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|cell| cell.contains(" /"))
        .collect();
    let (_, routes) = api::routes::all();
    let built: Vec<String> = routes
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let built: BTreeSet<&str> = built.iter().map(String::as_str).collect();
    assert_eq!(documented, built);
}

#[test]
fn the_document_of_the_api_has_the_table_of_states() {
    let text = document("API.md");
    for status in Status::ALL {
        let words: Vec<&str> = status.settable().iter().map(|to| to.as_str()).collect();
        let row = format!("| `{status}` | {} |", words.join(", ")).replace("|  |", "| |");
        assert!(text.contains(&row), "docs/API.md has no line {row}");
    }
}

#[test]
fn codes_of_the_documents_are_those_of_the_source() {
    let text = document("API.md");
    let section = text.split("\n## Codes of fields").nth(1).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let of_fields = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(quoted);
    let of_fields: BTreeSet<&str> = of_fields.collect();
    let known: BTreeSet<&str> = problems::all().map(|known| known.code).collect();
    let sources: Vec<String> = sources(&["api/src", "shared"])
        .into_iter()
        .filter(|(path, _)| !path.starts_with("api/src/problems"))
        .map(|(_, text)| text)
        .collect();
    for code in of_fields.union(&known) {
        let literal = format!("\"{code}\"");
        assert!(
            sources.iter().any(|text| text.contains(&literal)) || *code == problems::OF_ANY_STATUS,
            "the code {code} is documented, and the source has it not"
        );
    }
    for maker in MAKERS {
        let codes: BTreeSet<&str> = sources.iter().flat_map(|text| made(maker, text)).collect();
        assert!(!codes.is_empty(), "no source calls {maker} with a code");
        for code in codes.iter().filter(|code| **code != INTERNAL) {
            assert!(
                known.contains(code) || of_fields.contains(code),
                "neither api/src/problems nor docs/API.md has the code {code}"
            );
        }
    }
}

/// Never sent: the page of the survey shows a text instead.
const INTERNAL: &str = "survey_over";

/// The functions that take the code of a failure. Each has to be found in the sources: one that was renamed
/// fails the test.
const MAKERS: [&str; 6] = [
    "ActionError::conflict(",
    "ActionError::forbidden(",
    "ActionError::Unauthenticated(",
    "Problem::new(",
    "Problem::unauthenticated(",
    "refused(",
];

/// The codes that a source gives to a maker.
fn made<'a>(maker: &str, text: &'a str) -> Vec<&'a str> {
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.split(maker)
        .skip(1)
        .filter_map(|call| {
            // The code is the first or the second argument; an argument that is no literal has its code elsewhere.
            let first = call.trim_start();
            let second = first.split_once(',').map_or("", |(_, second)| second);
            let first = if first.starts_with("StatusCode::") {
                second.trim_start()
            } else {
                first
            };
            first.strip_prefix('"')?.split('"').next()
        })
        .collect()
}

/// What is told before an operation is found.
const OF_NO_OPERATION: [&str; 4] = [
    "bad_request",
    "invalid_host",
    "method_not_allowed",
    "no_such_path",
];

#[test]
fn every_failure_is_named_by_an_operation_and_has_a_cause_and_a_cure() {
    let described: BTreeSet<(u16, &str)> = problems::all()
        .map(|known| (known.status, known.code))
        .filter(|(_, code)| !OF_NO_OPERATION.contains(code))
        .collect();
    let (_, routes) = api::routes::all();
    let named: BTreeSet<(u16, &str)> = routes
        .iter()
        .flat_map(api::routes::Route::failures)
        .flat_map(|(status, codes)| codes.into_iter().map(move |code| (status, code)))
        .collect();
    assert_eq!(described, named);
}

/// The names of all jobs. serde tells them to somebody who asks for one that there is not; those of deliveries are the
/// channels'.
fn names_of_jobs() -> BTreeSet<String> {
    let none = serde_json::json!({"job": "no_such_job"});
    let told = serde_json::from_value::<Job>(none).unwrap_err().to_string();
    let (_, known) = told.split_once("expected one of ").unwrap();
    let known = known.split(", ").map(|name| name.trim_matches('`'));
    let deliveries = Channel::ALL.iter().map(|channel| channel.spec().job);
    known.chain(deliveries).map(str::to_owned).collect()
}

#[test]
fn the_table_of_jobs_is_that_of_their_rows() {
    let text = document("JOBS.md");
    let rows = |heading: &str| -> Vec<Vec<String>> {
        let (_, part) = text.split_once(heading).unwrap();
        let part = part.split("\n## ").next().unwrap();
        let rows = part.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| {
            let cells = row.split('|');
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect()
    };
    let (specs, twice) = (rows("## The rows of the jobs"), rows("## Why twice"));
    let names = |rows: &[Vec<String>]| -> BTreeSet<String> {
        rows.iter().map(|row| row[1].clone()).collect()
    };
    assert_eq!(names(&specs), names_of_jobs());
    assert_eq!(names(&twice), names_of_jobs());
    for row in specs {
        let id = "00000000-0000-0000-0000-000000000001";
        let job: Job = serde_json::from_value(serde_json::json!({
            "job": row[1], "ticket": id, "agent": id, "event": id,
            "notification": id, "request": id, "delivery": id,
        }))
        .unwrap();
        let spec = job.spec();
        let backoff = spec.policy.backoff;
        let is = [
            spec.name.to_owned(),
            spec.queue.to_string(),
            spec.priority.to_string(),
            if spec.unique_key.is_some() { "yes" } else { "" }.to_owned(),
            spec.policy.attempts.to_string(),
            backoff.first.num_seconds().to_string(),
            backoff.longest.num_seconds().to_string(),
            spec.policy.limit.as_secs().to_string(),
        ];
        assert_eq!(row[1..9], is, "{}", row[1]);
    }
}
