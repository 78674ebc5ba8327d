//! Words that may not come back. The project has one word for one thing (`docs/GLOSSARY.md`), and a
//! reader whose second language is English has to understand each sentence at once.
//!
//! Comments, doc comments, texts of the program, documents, scripts and manifests are read. Names
//! of code are not: `ensure_alone` is one word.

use crate::layers::root;
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// What may not be written, and the better word. Lower case. A phrase may go over the end of a line,
/// never over the end of a sentence; with a full stop it is found at the end of a sentence only. To
/// extend the list, add a row.
const WORDS: &[(&str, &str)] = &[
    // Relative clauses and pronouns in place of a noun.
    ("whoever", "the noun: the caller, the holder, the reader"),
    ("whomever", "the noun: the caller, the holder, the reader"),
    ("as there.", "name the thing, or delete the sentence"),
    ("what of it", "name the part"),
    ("what is so", "name the state"),
    ("makes it so", "commits"),
    ("no longer so", "no longer true"),
    ("true no longer", "no longer true"),
    ("as was said", "name the rule"),
    ("somebody else's", "another caller's, another agent's"),
    ("tells of itself", "reports its health"),
    ("tell of themselves", "report their health"),
    ("speaks of", "describes, is about"),
    ("for want of", "without, because … is missing"),
    ("in peace", "without an error"),
    ("has faults", "is wrong, has field errors"),
    ("would not do", "is not enough"),
    ("any more", "no longer"),
    ("on trial", "half-open, imagined"),
    // A number and its noun: `1 problem(s)`. Brackets separate words.
    (
        "character s",
        "one text for 1 and one for more, or `characters: 1`",
    ),
    ("error s", "one text for 1 and one for more, or `errors: 1`"),
    ("job s", "one text for 1 and one for more, or `jobs: 1`"),
    (
        "problem s",
        "one text for 1 and one for more, or `problems: 1`",
    ),
    (
        "process es",
        "one text for 1 and one for more, or `processes: 1`",
    ),
    ("row s", "one text for 1 and one for more, or `rows: 1`"),
    (
        "ticket s",
        "one text for 1 and one for more, or `tickets: 1`",
    ),
    // The project as a building.
    ("in the house", "in this project, internal"),
    ("of the house", "of this project, internal"),
    ("the house's", "this project's, internal"),
    ("lay the ground", "read the configuration"),
    ("lays the ground", "reads the configuration"),
    ("the ground", "the configuration and the servers"),
    // Tickets.
    ("lifts", "escalates"),
    ("lifted", "escalated"),
    ("take up a ticket", "self-assign a ticket"),
    ("takes up a ticket", "self-assigns a ticket"),
    ("taken up", "self-assigned, started"),
    ("put back", "returned to the queue"),
    ("hand back", "unassign, return to the queue"),
    ("handed back", "unassigned, returned to the queue"),
    ("stand in line", "wait for the row lock"),
    ("stands in line", "waits for the row lock"),
    ("stood in line", "waited for the row lock"),
    // Jobs and providers.
    ("gives back", "returns"),
    ("gave back", "returned"),
    ("give back", "return"),
    ("given back", "returned"),
    ("puts off", "reschedules"),
    ("put off", "rescheduled"),
    ("lays", "moves, stores"),
    ("leaves word", "records"),
    ("goes to see", "probes"),
    ("sent to see", "a probe"),
    ("the other side", "the provider, the peer"),
    ("other side is", "provider is"),
    ("in trouble", "unavailable, failing"),
    ("comes to nothing", "fails, has no effect"),
    ("the bell", "the notification of a free slot"),
    ("decide against", "cancel"),
    ("decides against", "cancels"),
    // HTTP and mail.
    ("a way out", "a mail transport"),
    ("the way out", "the mail transport"),
    ("without a word", "without an argument, silently"),
    ("hear us out", "accept the message"),
    // Tests.
    ("canary", "test of an upstream bug"),
    ("canaries", "tests of upstream bugs"),
];

/// The length of a line of prose.
const LONGEST_LINE: usize = 140;

/// Folders and files that are read.
const PLACES: &[&str] = &[
    ".ci",
    ".github",
    "CHANGELOG.md",
    "Cargo.toml",
    "Dockerfile",
    "README.md",
    "api",
    "bench",
    "clippy.toml",
    "demo",
    "deny.toml",
    "deploy",
    "dev",
    "docker-compose.yml",
    "docs",
    "examples",
    "migrations/README.md",
    "scheduler",
    "shared",
    "src",
    "tests",
    "worker",
];

/// Not read: this list, the texts of the demo's people, and the glossary, which names the old words.
const EXEMPT: &[&str] = &[
    "demo/src/script",
    "docs/GLOSSARY.md",
    "shared/.sqlx",
    "tests/it/words.rs",
];

/// A word of a text, in lower case, with the line on which it stands.
struct Word {
    text: String,
    line: usize,
    ends_sentence: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for piece in line.split_whitespace() {
            push_words(piece, at + 1, &mut found);
        }
    }
    found
}

/// Adds the words of a text without spaces: `(whoever` is one, `domain::people` two.
fn push_words(piece: &str, line: usize, found: &mut Vec<Word>) {
    let letters = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '\'';
    for text in piece.split(|letter| !letters(letter)) {
        if !text.is_empty() {
            found.push(Word {
                text: text.to_lowercase(),
                line,
                ends_sentence: false,
            });
        }
    }
    let is_end = piece.ends_with(['.', ':', ';', '!', '?', '|']);
    if let (true, Some(last)) = (is_end, found.last_mut()) {
        last.ends_sentence = true;
    }
}

fn is_phrase(words: &[Word], phrase: &[&str]) -> bool {
    words.len() >= phrase.len()
        && phrase
            .iter()
            .zip(words)
            .enumerate()
            .all(|(at, (wanted, word))| {
                let is_last = at + 1 == phrase.len();
                let (wanted, has_stop) = match wanted.strip_suffix('.') {
                    Some(wanted) => (wanted, true),
                    None => (*wanted, false),
                };
                let is_placed = if is_last {
                    !has_stop || word.ends_sentence
                } else {
                    !word.ends_sentence
                };
                word.text == wanted && is_placed
            })
}

/// Each place of a text with a word of the list: line, word, better word.
fn places(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let words = words(text);
    let mut found = Vec::new();
    for (phrase, better) in WORDS {
        let wanted: Vec<&str> = phrase.split(' ').collect();
        for (at, word) in words.iter().enumerate() {
            if is_phrase(&words[at..], &wanted) {
                found.push((word.line, *phrase, *better));
            }
        }
    }
    found.sort_unstable();
    found
}

fn files(below: &Path, found: &mut Vec<PathBuf>) {
    let name = below.strip_prefix(root()).unwrap();
    let is_exempt = EXEMPT.iter().any(|exempt| name.starts_with(exempt));
    if is_exempt || !below.exists() {
        return;
    }
    if !below.is_dir() {
        found.push(below.to_owned());
        return;
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(below)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        files(&path, found);
    }
}

#[test]
fn words_that_were_replaced_do_not_come_back() {
    let mut paths = Vec::new();
    for place in PLACES {
        files(&root().join(place), &mut paths);
    }
    let (mut report, mut count) = (String::new(), 0);
    for path in &paths {
        // Binary files have no words.
        let Ok(text) = fs::read_to_string(path) else {
            continue;
        };
        let name = path.strip_prefix(root()).unwrap().display();
        for (line, phrase, better) in places(&text) {
            writeln!(report, "{name}:{line}: \"{phrase}\" (better: {better})").unwrap();
            count += 1;
        }
    }
    assert!(paths.len() > 500, "only {} files were read", paths.len());
    assert!(count == 0, "{count} places have a replaced word:\n{report}");
}

/// The lines of a document that are too long, tables and code aside: those cannot be wrapped.
fn long_lines(text: &str) -> Vec<usize> {
    let (mut is_code, mut found) = (false, Vec::new());
    for (at, line) in text.lines().enumerate() {
        is_code ^= line.trim_start().starts_with("```");
        let is_table = line.trim_start().starts_with('|');
        if !is_code && !is_table && line.chars().count() > LONGEST_LINE {
            found.push(at + 1);
        }
    }
    found
}

#[test]
fn the_lines_of_documents_end_before_140_characters() {
    let mut paths = Vec::new();
    for place in [
        "README.md",
        "CHANGELOG.md",
        "docs",
        "examples",
        "migrations/README.md",
    ] {
        files(&root().join(place), &mut paths);
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    assert!(paths.len() > 10, "{paths:?}");
    let mut report = String::new();
    for path in &paths {
        for line in long_lines(&fs::read_to_string(path).unwrap()) {
            writeln!(
                report,
                "{}:{line}",
                path.strip_prefix(root()).unwrap().display()
            )
            .unwrap();
        }
    }
    assert!(
        report.is_empty(),
        "these lines are longer than {LONGEST_LINE}:\n{report}"
    );
}

#[test]
fn a_phrase_is_found_over_lines_and_not_over_sentences() {
    let lines = |text| -> Vec<usize> { places(text).iter().map(|place| place.0).collect() };
    assert_eq!(lines("/// Whoever asks"), [1]);
    assert_eq!(lines("// a job is put\n    // off until later"), [1]);
    assert_eq!(lines("Errors are as\n/// there."), [1]);
    assert_eq!(lines("a row is put. Off it goes"), [0; 0]);
    assert_eq!(lines("as many as there are cores"), [0; 0]);
    assert_eq!(lines("fn whoever_asks()"), [0; 0]);
    assert_eq!(lines("it relays and delays"), [0; 0]);
    assert_eq!(lines("1 problem(s)"), [1]);
    assert_eq!(lines("the problem's cause"), [0; 0]);
}
