//! The words of texts, which decide what a search finds. Pure.
//!
//! Words are those of Unicode (UAX #29), split further at characters that are neither letter, digit nor mark:
//! `BKG-12345`, `example.com` and `it's` are two words each. Case, accents and compatibility forms are ignored
//! (NFKD without marks, in lower case).

use std::{collections::BTreeMap, ops::Range};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The form for comparisons: only letters and digits, at most 100.
    pub folded: String,
    /// Its range in the text, in bytes.
    pub at: Range<usize>,
}

/// Maximum of characters in a word. Longer words are cut: nobody searches for the rest, and a `tsvector` has
/// limits.
const LONGEST: usize = 100;

/// The words of a text, in order.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    text.unicode_word_indices()
        .flat_map(|(start, word)| runs(word).map(move |run| (start, word, run)))
        .filter_map(|(start, word, run)| {
            let folded = fold(word.get(run.clone())?);
            let at = start.saturating_add(run.start)..start.saturating_add(run.end);
            (!folded.is_empty()).then_some(Word { folded, at })
        })
}

/// The runs of letters, digits and marks in a word.
fn runs(word: &str) -> impl Iterator<Item = Range<usize>> {
    let joins = |letter: char| letter.is_alphanumeric() || is_combining_mark(letter);
    let mut rest = word.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, letter)| joins(*letter))?;
        let mut end = start.saturating_add(first.len_utf8());
        while let Some((at, letter)) = rest.next_if(|(_, letter)| joins(*letter)) {
            end = at.saturating_add(letter.len_utf8());
        }
        Some(start..end)
    })
}

fn fold(word: &str) -> String {
    word.nfkd()
        .flat_map(char::to_lowercase)
        .flat_map(without_variants)
        .filter(|letter| letter.is_alphanumeric())
        .take(LONGEST)
        .collect()
}

/// Folds letters that have the same capital.
fn without_variants(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ς' => ('σ', None),
        'ß' => ('s', Some('s')),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

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

/// The words of a ticket or a message with their positions, as a `tsvector` of PostgreSQL.
#[derive(Debug, Default)]
pub struct Index {
    places: BTreeMap<String, Vec<(usize, Weight)>>,
    last: usize,
}

impl Index {
    /// Adds the words of a text. The gap between two texts prevents phrases across them.
    #[must_use]
    pub fn with(mut self, text: &str, weight: Weight) -> Self {
        self.last = self.last.saturating_add(1);
        for word in words(text) {
            self.last = self.last.saturating_add(1);
            let places = self.places.entry(word.folded).or_default();
            places.push((self.last, weight));
        }
        self
    }

    /// The text of a `tsvector`. Words have only letters and digits, so no escape is needed.
    #[must_use]
    pub fn tsvector(&self) -> String {
        let words = self.places.iter().map(|(word, places)| {
            let places = places
                .iter()
                .map(|(place, weight)| format!("{place}{}", weight.letter()));
            format!("'{word}':{}", places.collect::<Vec<_>>().join(","))
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// The text of a `tsvector` of its words, without positions.
    #[must_use]
    pub fn stripped(&self) -> String {
        let words = self.places.keys().map(|word| format!("'{word}'"));
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn a_text_is_cut_where_people_would_cut_it() {
        for (text, expected) in [
            ("", vec![]),
            ("?! -- …", vec![]),
            ("Cannot pay", vec!["cannot", "pay"]),
            ("booking #BKG-12345.", vec!["booking", "bkg", "12345"]),
            ("TKT-1728563421-000001", vec!["tkt", "1728563421", "000001"]),
            (
                "mail ann@example.com",
                vec!["mail", "ann", "example", "com"],
            ),
            (
                "https://a.b/c_d?e=1",
                vec!["https", "a", "b", "c", "d", "e", "1"],
            ),
            ("it's 3.14", vec!["it", "s", "3", "14"]),
            ("Réservé à l’ÉCOLE", vec!["reserve", "a", "l", "ecole"]),
            (
                "Straße STRASSE ＡＢＣ ﬁn",
                vec!["strasse", "strasse", "abc", "fin"],
            ),
            ("λόγος ΛΟΓΟΣ", vec!["λογοσ", "λογοσ"]),
            ("支付失败", vec!["支", "付", "失", "败"]),
            ("İstanbul", vec!["istanbul"]),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn an_index_tells_where_each_word_stands_and_leaves_a_gap_between_texts() {
        let index = Index::default()
            .with("Pay, pay now", Weight::Title)
            .with("now", Weight::Description);
        assert_eq!(index.tsvector(), "'now':4A,6C 'pay':2A,3A");
        assert_eq!(index.stripped(), "'now' 'pay'");
        assert_eq!(Index::default().tsvector(), "");
    }

    #[test]
    fn a_word_without_end_is_cut() {
        assert_eq!(folded(&"a".repeat(20_000)), ["a".repeat(LONGEST)]);
    }

    proptest! {
        #[test]
        fn every_word_stands_where_it_says_and_has_letters_and_digits_alone(text in any::<String>()) {
            let mut end = 0;
            for word in words(&text) {
                prop_assert!(word.at.start >= end);
                end = word.at.end;
                prop_assert_eq!(folded(&text[word.at.clone()]).concat(), word.folded.as_str());
                prop_assert!(word.folded.chars().all(char::is_alphanumeric));
            }
        }

        #[test]
        fn case_and_accents_do_not_count(text in "[a-zàéîõü ]{0,40}") {
            prop_assert_eq!(folded(&text), folded(&text.to_uppercase()));
            let plain: String = text.nfd().filter(|letter| !is_combining_mark(*letter)).collect();
            prop_assert_eq!(folded(&text), folded(&plain));
        }
    }
}
