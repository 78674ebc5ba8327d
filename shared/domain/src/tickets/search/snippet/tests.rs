//! Snippets: their marks, their length, and how far a text is read.

use super::*;
use proptest::prelude::*;

/// The snippet, with matches in brackets.
fn shown(text: &str, search: &str) -> Option<String> {
    let search = Search::parse(search).unwrap();
    let pieces = snippet(text, &search, &mut Steps::of_a_page())?;
    let pieces = pieces.into_iter().map(|piece| match piece {
        Piece::Found(text) => format!("[{text}]"),
        Piece::Around(text) => text,
    });
    Some(pieces.collect())
}

#[test]
fn a_snippet_marks_whatever_was_searched_for() {
    for (text, search, expected) in [
        ("Cannot pay.", "pay", Some("Cannot [pay].")),
        ("Cannot pay.", "refund", None),
        ("Cannot pay.", "-pay", None),
        ("Réservé!", "reserve", Some("[Réservé]!")),
        (
            "the credit card, the card",
            "\"credit card\" the",
            Some("[the] [credit card], [the] card"),
        ),
        ("for #BKG-12345", "bkg-12345", Some("for #[BKG-12345]")),
        ("payments", "pay*", Some("[payments]")),
    ] {
        assert_eq!(shown(text, search).as_deref(), expected, "{text} {search}");
    }
}

#[test]
fn of_a_long_text_what_stands_around_is_shown_and_words_are_whole() {
    let text = format!("{}needle{}", "straw ".repeat(50), " straw".repeat(50));
    let shown = shown(&text, "needle").unwrap();
    assert!(
        shown.starts_with("…straw straw") && shown.ends_with("straw…"),
        "{shown}"
    );
    assert!(shown.contains("straw [needle] straw"), "{shown}");
    assert!(shown.len() < IN_ALL + 20, "{shown}");
}

#[test]
fn a_snippet_has_two_hundred_characters_at_most_whatever_stands_around() {
    let dashes = "-".repeat(9_000);
    for (text, search) in [
        (format!("{dashes} needle {dashes}"), "needle"),
        (format!("{dashes} needle"), "needle"),
        (format!("needle {dashes}"), "needle"),
        (format!("a {dashes} needle {dashes} b"), "needle"),
        ("x".repeat(20_000), "x*"),
        (format!("needle {}", "x".repeat(20_000)), "needle"),
        ("\u{fdfa} ".repeat(10_000), "\u{fdfa}"),
        (
            "needle ".repeat(2_000),
            &*format!("\"{}\"", "needle ".repeat(60)),
        ),
        (
            "😀".repeat(5_000) + "needle" + &"😀".repeat(5_000),
            "needle",
        ),
    ] {
        let shown = shown(&text, search).unwrap();
        let bare = shown.replace(['[', ']'], "");
        assert!(bare.chars().count() <= 200, "{search}: {shown}");
        assert!(shown.contains('['), "{search}: {shown}");
    }
    let around = shown(&format!("{dashes} needle {dashes}"), "needle").unwrap();
    assert!(
        around.starts_with("…---") && around.ends_with("---…"),
        "{around}"
    );
}

#[test]
fn a_text_is_read_no_further_than_it_is_shown() {
    let text = format!("needle {}", "straw ".repeat(3_000));
    for search in ["needle", "straw", "needle \"straw straw straw\""] {
        let mut steps = Steps::of_a_page();
        let search = Search::parse(search).unwrap();
        assert!(snippet(&text, &search, &mut steps).is_some());
        assert!(steps.done() < 500, "{steps:?}");
    }
}

proptest! {
    #[test]
    fn a_snippet_is_short_whatever_the_text(
        text in "(needle|[-–😀é ]{0,300}|[a-zé]{0,300}|\\PC{0,300}){0,4}",
    ) {
        if let Some(shown) = shown(&text, "needle a* é") {
            let bare: usize = shown.chars().count();
            let marks = shown.matches(['[', ']']).count();
            prop_assert!(bare <= IN_ALL + marks, "{}", shown);
        }
    }

    #[test]
    fn a_snippet_is_a_part_of_its_text(text in any::<String>(), search in "[a-z0-9\"* -]{0,9}") {
        let Ok(search) = Search::parse(&search) else { return Ok(()) };
        let steps = &mut Steps::of_a_page();
        let Some(pieces) = snippet(&text, &search, steps) else { return Ok(()) };
        prop_assert!(pieces.iter().any(|piece| matches!(piece, Piece::Found(_))));
        let whole: String = pieces.iter().map(|piece| match piece {
            Piece::Found(text) | Piece::Around(text) => text.as_str(),
        }).collect();
        let whole = whole.strip_prefix('…').unwrap_or(&whole);
        let whole = whole.strip_suffix('…').unwrap_or(whole);
        prop_assert!(text.contains(whole));
    }
}
