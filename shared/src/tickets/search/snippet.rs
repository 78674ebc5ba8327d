//! Where what was searched for stands: pieces of text around it. Pure.

use super::{Search, words::words};
use crate::{ids::MessageId, text_enum};

text_enum! {
    /// A part of a ticket that can be searched.
    pub enum Field {
        /// Its number.
        Number = "ticketNumber",
        /// Its subject.
        Subject = "subject",
        /// One of its tags.
        Tag = "tags",
        /// Its description.
        Description = "description",
        /// One of its messages.
        Message = "message",
    }
}

/// A place in a ticket where something stands that was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// Where.
    pub field: Field,
    /// In which message.
    pub message: Option<MessageId>,
    /// The text around it.
    pub pieces: Vec<Piece>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// What was searched for.
    Found(String),
    /// What stands around it.
    Around(String),
}

/// Bytes shown before what was found, and in all. Words are not cut.
const BEFORE: usize = 60;
const IN_ALL: usize = 200;

/// The text around the first place where something stands that was searched for; `None` when nothing
/// does. `…` stands where text was left out.
#[must_use]
pub fn snippet(text: &str, search: &Search) -> Option<Vec<Piece>> {
    let words: Vec<_> = words(text).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
        let length = search.matches_at(rest);
        if let Some((first, last)) = rest
            .get(..length)
            .and_then(|these| these.first().zip(these.last()))
        {
            found.push(first.at.start..last.at.end);
        }
        at = at.saturating_add(length.max(1));
    }
    let first = found.first()?;
    let from = words
        .iter()
        .map(|word| word.at.start)
        .find(|start| start.saturating_add(BEFORE) >= first.start)
        .unwrap_or(first.start);
    let to = words
        .iter()
        .map(|word| word.at.end)
        .take_while(|end| *end <= from.saturating_add(IN_ALL))
        .last()
        .unwrap_or(first.end)
        .max(first.end);
    let is_first = words.first().is_some_and(|word| word.at.start == from);
    let is_last = words.last().is_some_and(|word| word.at.end == to);
    let (mut from, to) = (
        if is_first { 0 } else { from },
        if is_last { text.len() } else { to },
    );
    let mut pieces = Vec::new();
    let mut push = |piece: fn(String) -> Piece, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            pieces.push(piece(text.to_owned()));
        }
    };
    push(Piece::Around, (!is_first).then_some("…"));
    for place in found.into_iter().filter(|place| place.end <= to) {
        push(Piece::Around, text.get(from..place.start));
        push(Piece::Found, text.get(place.clone()));
        from = place.end;
    }
    push(Piece::Around, text.get(from..to));
    push(Piece::Around, (!is_last).then_some("…"));
    Some(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// With what was found in brackets.
    fn shown(text: &str, search: &str) -> Option<String> {
        let pieces = snippet(text, &Search::parse(search).unwrap())?;
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

    proptest! {
        #[test]
        fn a_snippet_is_a_part_of_its_text(text in any::<String>(), search in "[a-z0-9\"* -]{0,9}") {
            let Ok(search) = Search::parse(&search) else { return Ok(()) };
            let Some(pieces) = snippet(&text, &search) else { return Ok(()) };
            prop_assert!(pieces.iter().any(|piece| matches!(piece, Piece::Found(_))));
            let whole: String = pieces.iter().map(|piece| match piece {
                Piece::Found(text) | Piece::Around(text) => text.as_str(),
            }).collect();
            let whole = whole.strip_prefix('…').unwrap_or(&whole);
            let whole = whole.strip_suffix('…').unwrap_or(whole);
            prop_assert!(text.contains(whole));
        }
    }
}
