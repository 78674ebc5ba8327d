//! What the index of the search holds of a text. Pure.
//!
//! A document is found by *lexemes*: its words, and each two words that stand side by side, so that a phrase of two words is
//! found like a word. Lexemes have no places, so that what is found does not depend on where it stands. [`Parts`]
//! divides those of a long document among several rows.

use crate::tickets::{access::Viewer, search::words::words};
use std::collections::{BTreeMap, BTreeSet};

/// The weight of a word: a weight of PostgreSQL, `A` to `D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Number and subject.
    Title,
    /// Tags.
    Tag,
    /// The description.
    Description,
    /// A message.
    Message,
}

impl Weight {
    const fn letter(self) -> char {
        match self {
            Self::Title => 'A',
            Self::Tag => 'B',
            Self::Description => 'C',
            Self::Message => 'D',
        }
    }
}

/// What a lexeme is, in its first character, which is no letter and no digit: no word of a text is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word of a text that these may read.
    Word(Viewer),
    /// Two words side by side in a text that these may read.
    Pair(Viewer),
    /// A word of the title, for suggestions.
    Title,
    /// The beginning of a word of the title, up to [`BEGINNING`].
    Beginning,
    /// Somebody who may see the document, or [`NOBODY`].
    SeenBy,
    /// The document is active.
    Active,
    /// The document has a single part.
    Single,
    /// The document has several parts.
    Several,
}

/// The characters up to which each beginning of a word of the title is a lexeme. PostgreSQL would read all words with a
/// short beginning, also those of documents that the caller may not see.
pub const BEGINNING: usize = 8;

/// The document is held by nobody, and so seen by every agent.
pub const NOBODY: &str = "0";

impl Kind {
    /// The first character of its lexemes.
    #[must_use]
    pub const fn mark(self) -> char {
        match self {
            Self::Word(Viewer::Requester) => '.',
            Self::Word(Viewer::Staff) => '~',
            Self::Pair(Viewer::Requester) => ',',
            Self::Pair(Viewer::Staff) => ';',
            Self::Title => '^',
            Self::Beginning => '<',
            Self::SeenBy => '@',
            Self::Active => '!',
            Self::Single => '-',
            Self::Several => '+',
        }
    }

    /// The lexeme of this kind.
    #[must_use]
    pub fn lexeme(self, text: &str) -> String {
        format!("{}{text}", self.mark())
    }
}

/// The words of a ticket or a message, in order.
#[derive(Debug, Default)]
pub struct Index {
    lines: Vec<(Weight, Vec<String>)>,
}

impl Index {
    /// Adds the words of a text. No phrase spans two texts.
    #[must_use]
    pub fn with(mut self, text: &str, weight: Weight) -> Self {
        let words = words(text).map(|word| word.folded).collect();
        self.lines.push((weight, words));
        self
    }

    /// The text of a `tsvector` with places and weights, for ranks. It has only the places that PostgreSQL keeps. Words
    /// have only letters and digits, so no escape is needed.
    #[must_use]
    pub fn tsvector(&self) -> String {
        let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut last = 0_usize;
        for (weight, words) in &self.lines {
            last = last.saturating_add(1);
            for word in words {
                last = last.saturating_add(1);
                let places = places.entry(word).or_default();
                places.push(format!("{last}{}", weight.letter()));
            }
        }
        let words = places
            .iter()
            .map(|(word, places)| format!("'{word}':{}", places.join(",")));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Its words with a space before and after each, a line for each text: long phrases are searched in it.
    #[must_use]
    pub fn said(&self) -> String {
        let lines = self
            .lines
            .iter()
            .map(|(_, words)| format!(" {} ", words.join(" ")));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The lexemes of its words, and of each two words side by side.
    #[must_use]
    pub fn lexemes(&self, reader: Viewer) -> BTreeSet<String> {
        let lines = self.lines.iter().map(|(_, words)| words);
        lines.flat_map(|words| of_line(words, reader)).collect()
    }

    /// The lexemes of the title and of how its words begin, for suggestions.
    #[must_use]
    pub fn title(&self) -> BTreeSet<String> {
        let lines = self.lines.iter();
        let titles = lines.filter(|(weight, _)| *weight == Weight::Title);
        titles
            .flat_map(|(_, words)| words)
            .flat_map(|word| beginnings(word).chain([Kind::Title.lexeme(word)]))
            .collect()
    }
}

fn beginnings(word: &str) -> impl Iterator<Item = String> {
    let ends = word.char_indices().skip(1).map(|(end, _)| end);
    ends.chain([word.len()])
        .take(BEGINNING)
        .filter_map(move |end| Some(Kind::Beginning.lexeme(word.get(..end)?)))
}

/// The lexemes of a text as [`Index::said`] tells it.
#[must_use]
pub fn lexemes_said(said: &str, reader: Viewer) -> BTreeSet<String> {
    said.lines()
        .flat_map(|line| of_line(&line.split_whitespace().collect::<Vec<_>>(), reader))
        .collect()
}

fn of_line<W: AsRef<str>>(words: &[W], reader: Viewer) -> Vec<String> {
    let singles = words
        .iter()
        .map(|word| Kind::Word(reader).lexeme(word.as_ref()));
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [first, second] => Some(pair_lexeme(first.as_ref(), second.as_ref(), reader)),
        _ => None,
    });
    singles.chain(pairs).collect()
}

/// The lexeme of two words side by side.
#[must_use]
pub fn pair_lexeme(first: &str, second: &str, reader: Viewer) -> String {
    format!("{}{first} {second}", Kind::Pair(reader).mark())
}

/// The size up to which texts are added to a part, in bytes: what a further text costs at most, apart from itself.
const FULL: usize = 16_000;
/// The size of a part of one long text. PostgreSQL refuses a `tsvector` of 1 MiB.
const LARGEST: usize = 256_000;
/// The bytes of a lexeme besides its mark and its text: its entry, and the number of its bucket.
const OF_A_LEXEME: usize = 12;

/// The lexemes of a document, divided into parts.
#[derive(Debug, Default)]
pub struct Parts {
    parts: Vec<BTreeSet<String>>,
    last: usize,
}

impl Parts {
    /// The parts of further texts of a document whose last part has this size, in bytes. The first of them belongs to
    /// that last part; it is empty if nothing fits in.
    #[must_use]
    pub fn after(size: usize) -> Self {
        Self {
            parts: vec![BTreeSet::new()],
            last: size,
        }
    }

    /// The greatest size of a last part that these lexemes still fit into, in bytes. `None`: they fit into none.
    #[must_use]
    pub fn room_for(lexemes: &BTreeSet<String>) -> Option<usize> {
        let all: usize = lexemes.iter().map(|lexeme| size(lexeme)).sum();
        FULL.checked_sub(all)
    }

    /// Adds the lexemes of a text: to the last part if they fit, to new parts otherwise.
    pub fn add(&mut self, lexemes: BTreeSet<String>) {
        let all: usize = lexemes.iter().map(|lexeme| size(lexeme)).sum();
        let fits = Self::room_for(&lexemes).is_some_and(|room| self.last <= room);
        if let Some(last) = self.parts.last_mut().filter(|_| fits) {
            last.extend(lexemes);
            self.last = self.last.saturating_add(all);
            return;
        }
        let mut part = BTreeSet::new();
        self.last = 0;
        for lexeme in lexemes {
            // The first part is written again whenever somebody else may see the document: it stays small.
            let limit = if self.parts.is_empty() { FULL } else { LARGEST };
            let size = size(&lexeme);
            if self.last.saturating_add(size) > limit {
                self.parts.push(std::mem::take(&mut part));
                self.last = 0;
            }
            self.last = self.last.saturating_add(size);
            part.insert(lexeme);
        }
        self.parts.push(part);
    }

    /// The parts, in order.
    #[must_use]
    pub fn into_parts(self) -> Vec<Vec<String>> {
        let parts = self.parts.into_iter();
        parts.map(|part| part.into_iter().collect()).collect()
    }
}

const fn size(lexeme: &str) -> usize {
    lexeme.len().saturating_add(OF_A_LEXEME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_index_tells_where_each_word_stands_and_leaves_a_gap_between_texts() {
        let index = Index::default()
            .with("Pay, pay now", Weight::Title)
            .with("now", Weight::Description);
        assert_eq!(index.tsvector(), "'now':4A,6C 'pay':2A,3A");
        assert_eq!(index.said(), " pay pay now \n now ");
        assert_eq!(Index::default().tsvector(), "");
    }

    #[test]
    fn a_text_has_the_lexemes_of_its_words_and_of_neighbours_but_not_across_texts() {
        let index = Index::default()
            .with("Pay now", Weight::Title)
            .with("later", Weight::Description);
        let lexemes: Vec<_> = index.lexemes(Viewer::Requester).into_iter().collect();
        assert_eq!(lexemes, [",pay now", ".later", ".now", ".pay"]);
        let noted: Vec<_> = index.lexemes(Viewer::Staff).into_iter().collect();
        assert_eq!(noted, [";pay now", "~later", "~now", "~pay"]);
        let title: Vec<_> = index.title().into_iter().collect();
        let expected = ["<n", "<no", "<now", "<p", "<pa", "<pay", "^now", "^pay"];
        assert_eq!(title, expected);
        let long = Index::default().with("réservations", Weight::Title).title();
        assert!(long.contains("<reservat") && !long.contains("<reservati"));
    }

    fn text(words: usize, from: usize) -> BTreeSet<String> {
        let text: Vec<_> = (from..from + words).map(|n| format!("w{n}")).collect();
        let index = Index::default().with(&text.join(" "), Weight::Message);
        index.lexemes(Viewer::Requester)
    }

    #[test]
    fn short_texts_share_a_part_and_a_long_one_has_its_own() {
        let mut parts = Parts::default();
        parts.add(text(10, 0));
        parts.add(text(10, 10));
        parts.add(text(3_000, 20));
        parts.add(text(10, 4_000));
        parts.add(text(10, 5_000));
        let sizes: Vec<_> = parts.into_parts().iter().map(Vec::len).collect();
        assert_eq!(sizes, [38, 5_999, 38]);
        let mut further = Parts::after(FULL - 100);
        further.add(text(10, 0));
        let sizes: Vec<_> = further.into_parts().iter().map(Vec::len).collect();
        assert_eq!(sizes, [0, 19]);
    }

    proptest! {
        #[test]
        fn no_lexeme_is_lost_and_no_part_is_too_large_for_postgresql(
            sizes in proptest::collection::vec(0_usize..2_000, 1..4), before in 0_usize..40_000,
        ) {
            for mut parts in [Parts::default(), Parts::after(before)] {
                let mut all = BTreeSet::new();
                for (n, size) in sizes.iter().enumerate() {
                    let text = text(*size, n * 1_000);
                    all.extend(text.clone());
                    parts.add(text);
                }
                let parts = parts.into_parts();
                for part in &parts {
                    prop_assert!(part.iter().map(|lexeme| size(lexeme)).sum::<usize>() <= LARGEST);
                }
                prop_assert_eq!(parts.into_iter().flatten().collect::<BTreeSet<_>>(), all);
            }
        }

        #[test]
        fn lexemes_follow_from_what_was_said(text in any::<String>(), other in any::<String>()) {
            let index = Index::default().with(&text, Weight::Title).with(&other, Weight::Message);
            prop_assert_eq!(lexemes_said(&index.said(), Viewer::Staff), index.lexemes(Viewer::Staff));
        }
    }
}
