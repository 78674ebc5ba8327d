//! Snippets: the text around the first match of a search. Pure.

use crate::tickets::search::{
    Search, Steps,
    words::{Word, words},
};
use crate::{ids::MessageId, text_enum};
use std::ops::Range;

text_enum! {
    /// A part of a ticket in which words of a search were found.
    pub enum Field as "HighlightField" {
        /// The number of the ticket.
        Number = "ticketNumber",
        /// The subject of the ticket.
        Subject = "subject",
        /// A tag of the ticket.
        Tag = "tags",
        /// The description of the ticket.
        Description = "description",
        /// A message of the ticket.
        Message = "message",
    }
}

/// A field of a ticket with a match, and the text around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Highlight {
    /// The field.
    pub field: Field,
    /// The message, if the field is one.
    pub message: Option<MessageId>,
    /// The text around the match.
    pub pieces: Vec<Piece>,
}

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A match.
    Found(String),
    /// Text around a match.
    Around(String),
}

/// Maximum of bytes before the first match, and of the whole snippet with its ellipses. Words are not cut,
/// unless one word is longer than the snippet.
const BEFORE: usize = 60;
const IN_ALL: usize = 200;
/// Marks omitted text.
const LEFT_OUT: &str = "…";
/// Maximum of bytes of the text itself.
const OF_THE_TEXT: usize = IN_ALL - 2 * LEFT_OUT.len();

/// The text around the first match; `None` without a match, or if the steps end before it. The text after the
/// snippet is not read.
#[must_use]
pub fn snippet(text: &str, search: &Search, steps: &mut Steps) -> Option<Vec<Piece>> {
    let mut reading = Reading {
        rest: words(text),
        read: Vec::new(),
    };
    let mut window: Option<Window> = None;
    let mut at = 0;
    while !steps.are_over() {
        let rest = reading.onwards(at, search.longest(), steps);
        let Some(next) = rest.first() else { break };
        if window
            .as_ref()
            .is_some_and(|window| next.at.start >= window.end)
        {
            break;
        }
        let length = search.matches_at(rest, steps);
        if let Some(place) = place(rest, length) {
            let window = window.get_or_insert_with(|| Window::around(&place, &reading.read, text));
            window.found.push(place);
        }
        at = at.saturating_add(length.max(1));
    }
    window.map(|window| window.shown(text, &reading.read))
}

/// The range of the first `length` words, in bytes.
fn place(words: &[Word], length: usize) -> Option<Range<usize>> {
    let words = words.get(..length)?;
    Some(words.first()?.at.start..words.last()?.at.end)
}

/// The words of a text, read lazily.
struct Reading<I> {
    rest: I,
    read: Vec<Word>,
}

impl<I: Iterator<Item = Word>> Reading<I> {
    /// Up to `many` words from an index on.
    fn onwards(&mut self, at: usize, many: usize, steps: &mut Steps) -> &[Word] {
        while self.read.len() < at.saturating_add(many.max(1)) {
            let Some(word) = self.rest.next() else { break };
            let before = self.read.last().map_or(0, |word| word.at.end);
            steps.take(word.at.end.saturating_sub(before));
            self.read.push(word);
        }
        self.read.get(at..).unwrap_or_default()
    }
}

/// The part of a text that a snippet may show, in bytes.
struct Window {
    start: usize,
    end: usize,
    found: Vec<Range<usize>>,
}

impl Window {
    /// The window around the first match.
    fn around(place: &Range<usize>, read: &[Word], text: &str) -> Self {
        let earliest = place.start.saturating_sub(BEFORE);
        let near = read.iter().position(|word| word.at.start >= earliest);
        let start = match near.and_then(|near| Some((near, read.get(near)?))) {
            // Before the first word there is no word to cut.
            Some((0, _)) | None => text.ceil_char_boundary(earliest),
            Some((_, word)) => word.at.start,
        };
        Self {
            start,
            end: text.floor_char_boundary(start.saturating_add(OF_THE_TEXT)),
            found: Vec::new(),
        }
    }

    /// The end of the snippet: after a whole word, or after the text that follows the last word.
    fn last(&self, read: &[Word]) -> usize {
        let whole = read.iter().map(|word| word.at.end);
        let last = whole.take_while(|end| *end <= self.end).last();
        let fits_no_more = read.last().is_some_and(|word| word.at.end > self.end);
        let cuts_the_first = self.found.first().is_some_and(|place| place.end > self.end);
        match last {
            Some(last) if fits_no_more && !cuts_the_first => last,
            Some(_) | None => self.end,
        }
    }

    fn shown(self, text: &str, read: &[Word]) -> Vec<Piece> {
        let end = self.last(read);
        let mut pieces = Vec::new();
        let mut push = |piece: fn(String) -> Piece, text: Option<&str>| {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                pieces.push(piece(text.to_owned()));
            }
        };
        push(Piece::Around, (self.start > 0).then_some(LEFT_OUT));
        let mut from = self.start;
        for (n, place) in self.found.into_iter().enumerate() {
            // The first match is always marked; a later one only if all of it is shown.
            if n > 0 && place.end > end {
                break;
            }
            let place = place.start..place.end.min(end);
            push(Piece::Around, text.get(from..place.start));
            push(Piece::Found, text.get(place.clone()));
            from = place.end;
        }
        push(Piece::Around, text.get(from..end));
        push(Piece::Around, (end < text.len()).then_some(LEFT_OUT));
        pieces
    }
}

#[cfg(test)]
mod tests;
