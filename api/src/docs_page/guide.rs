//! The guide of the page: the sections of `docs/API.md`, which is its only source, with the address of the server that
//! shows the page. Pure.

use super::markdown::{self, Heading};
use serde::Serialize;

const TEXT: &str = include_str!("../../../docs/API.md");
/// The server in the text: the one that `./dev` starts.
const LOCAL_SERVER: &str = "http://127.0.0.1:5000";
/// The page has its operations in place of this section. The sections before it are the guide, those after it
/// the rules.
const OPERATIONS: &str = "Routes";
/// The page has these from the OpenAPI document and from the table of problems.
const ELSEWHERE: [&str; 2] = ["Shapes", "Codes"];
/// Stands beside the codes of problems.
const FIELD_CODES: &str = "Codes of fields";

/// A section.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Section {
    pub id: String,
    pub title: String,
    /// HTML, without the heading of the section.
    pub html: String,
    /// The headings within.
    pub parts: Vec<Heading>,
}

/// The sections of the page.
#[derive(Debug, Serialize)]
pub(super) struct Guide {
    /// Before the operations.
    pub sections: Vec<Section>,
    /// The codes in `errors`.
    pub field_codes: Vec<Section>,
    /// After the operations.
    pub rules: Vec<Section>,
}

/// The guide, with examples that call this server.
pub(super) fn guide(server: &str) -> Guide {
    let text = TEXT.replace(LOCAL_SERVER, server);
    let titled: Vec<(&str, &str)> = split(&text);
    let at = titled.iter().position(|(title, _)| *title == OPERATIONS);
    let (before, after) = titled.split_at(at.unwrap_or(titled.len()));
    let shown = |(title, _): &&(&str, &str)| *title != OPERATIONS && !ELSEWHERE.contains(title);
    let (codes, rules): (Vec<_>, Vec<_>) = after
        .iter()
        .filter(shown)
        .partition(|(title, _)| *title == FIELD_CODES);
    Guide {
        sections: before.iter().map(section).collect(),
        field_codes: codes.into_iter().map(section).collect(),
        rules: rules.into_iter().map(section).collect(),
    }
}

fn section((title, text): &(&str, &str)) -> Section {
    let (html, parts) = markdown::block(text);
    Section {
        id: markdown::slug(title),
        title: (*title).to_owned(),
        html,
        parts,
    }
}

/// The title and the text of each section of the second level. Blocks of code have no such lines.
fn split(text: &str) -> Vec<(&str, &str)> {
    let sections = text.split("\n## ").skip(1);
    sections
        .filter_map(|section| section.split_once('\n'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_begins_with_getting_started_and_ends_with_errors() {
        let guide = guide(LOCAL_SERVER);
        let titles: Vec<_> = guide
            .sections
            .iter()
            .map(|section| section.title.as_str())
            .collect();
        assert_eq!(
            titles,
            [
                "Getting started",
                "Authentication",
                "Requests and responses",
                "Idempotency",
                "Versions",
                "Pagination",
                "Limits",
                "Errors",
            ]
        );
        assert_eq!(guide.field_codes.len(), 1);
        assert!(
            guide
                .rules
                .iter()
                .any(|section| section.title == "Who sees what")
        );
        for title in ELSEWHERE.iter().chain([&OPERATIONS]) {
            assert!(
                split(TEXT).iter().any(|(known, _)| known == title),
                "docs/API.md has no section {title}"
            );
        }
    }

    #[test]
    fn the_guide_names_the_server_of_the_reader_and_no_other() {
        let guide = guide("https://help.example.com");
        let shown: String = guide
            .sections
            .iter()
            .chain(&guide.rules)
            .map(|section| section.html.as_str())
            .collect();
        assert!(!shown.contains("127.0.0.1"), "a server of somebody else");
        assert!(shown.contains("https://help.example.com/api/v1"));
    }
}
