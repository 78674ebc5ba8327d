//! The words of texts, which decide what a search finds. Pure.
//!
//! Words are those of Unicode (UAX #29), split further at characters that are neither letter, digit nor mark:
//! `BKG-12345`, `example.com` and `it's` are two words each. Case, accents, vowel points, ligatures and compatibility
//! forms are ignored (NFKD without marks of a combining class, in lower case). Characters that are not shown, as the
//! soft hyphen, split no word.

use std::ops::Range;
use unicode_normalization::{
    UnicodeNormalization,
    char::{canonical_combining_class, is_combining_mark},
};
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

/// Between words of Unicode, and not shown.
const ZERO_WIDTH_SPACE: char = '\u{200b}';
/// Within words of Unicode, not shown, and as long as a zero-width space.
const WORD_JOINER: &str = "\u{2060}";

/// The words of a text, in order. They are found one after another, as they are taken; all at once only in a text
/// with zero-width spaces.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let joined = text
        .contains(ZERO_WIDTH_SPACE)
        .then(|| text.replace(ZERO_WIDTH_SPACE, WORD_JOINER));
    let at_once: Vec<_> = joined.iter().flat_map(|text| cut(text)).collect();
    let one_by_one = if joined.is_some() { "" } else { text };
    at_once.into_iter().chain(cut(one_by_one))
}

fn cut(text: &str) -> impl Iterator<Item = Word> {
    text.unicode_word_indices()
        .flat_map(|(start, word)| runs(word).map(move |run| (start, word, run)))
        .filter_map(|(start, word, run)| {
            let folded = fold(word.get(run.clone())?);
            let at = start.saturating_add(run.start)..start.saturating_add(run.end);
            (!folded.is_empty()).then_some(Word { folded, at })
        })
}

/// The runs of letters, digits and marks in a word. What is not shown within a run belongs to it.
fn runs(word: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = word.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, letter)| joins(*letter))?;
        let mut end = start.saturating_add(first.len_utf8());
        while let Some((at, letter)) =
            rest.next_if(|(_, letter)| joins(*letter) || is_not_shown(*letter))
        {
            if joins(letter) {
                end = at.saturating_add(letter.len_utf8());
            }
        }
        Some(start..end)
    })
}

/// Whether a character is part of a word. The apostrophes among the letters of Unicode are none: `ng'ombe` is
/// written with each of them.
fn joins(letter: char) -> bool {
    let is_apostrophe = matches!(letter, '\u{2bb}'..='\u{2bd}');
    (letter.is_alphanumeric() && !is_apostrophe) || is_combining_mark(letter)
}

/// Soft hyphen, joiners, marks of direction, and the byte order mark.
const fn is_not_shown(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        // The same in a tenth of the time: most texts have few other words.
        let letters = word.chars().filter(char::is_ascii_alphanumeric);
        return letters
            .take(LONGEST)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
    }
    fold_any(word)
}

fn fold_any(word: &str) -> String {
    word.nfkd()
        .flat_map(char::to_lowercase)
        .flat_map(without_variants)
        .filter(|letter| letter.is_alphanumeric() && canonical_combining_class(*letter) == 0)
        .take(LONGEST)
        .collect()
}

/// Folds letters that have the same capital, ligatures, and letters with a stroke, which NFKD keeps whole.
fn without_variants(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ς' => ('σ', None),
        'ß' => ('s', Some('s')),
        'œ' => ('o', Some('e')),
        'æ' => ('a', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' => ('d', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
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
    fn accents_points_and_ligatures_do_not_count_in_any_language() {
        for (text, same) in [
            ("cœur Œuvre", "coeur oeuvre"),
            ("Ærø", "aero"),
            ("Łódź Đà", "lodz da"),
            // Arabic vowel signs and hamza; Hebrew points.
            ("مَكْتَب أحمد", "مكتب احمد"),
            ("שָׁלוֹם", "שלום"),
            (
                "ng\u{2bc}ombe ng\u{2bb}ombe ng\u{2bd}ombe",
                "ng'ombe ng’ombe ng'ombe",
            ),
        ] {
            assert_eq!(folded(text), folded(same), "{text}");
        }
        // Marks without a combining class are letters of their scripts.
        assert_ne!(folded("कि"), folded("क"));
    }

    #[test]
    fn a_character_that_is_not_shown_cuts_no_word() {
        for hidden in [
            '\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}',
        ] {
            let text = format!("a re{hidden}fund{hidden} BKG-12{hidden}34");
            assert_eq!(folded(&text), ["a", "refund", "bkg", "1234"], "{hidden:?}");
            let shown = words(&text).map(|word| text[word.at].to_owned()).nth(1);
            assert_eq!(shown, Some(format!("re{hidden}fund")));
        }
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
        fn a_word_of_ascii_is_folded_like_any_other(word in "[ -~]{0,120}") {
            prop_assert_eq!(fold(&word), fold_any(&word));
        }

        #[test]
        fn case_and_accents_do_not_count(text in "[a-zàéîõü ]{0,40}") {
            prop_assert_eq!(folded(&text), folded(&text.to_uppercase()));
            let plain: String = text.nfd().filter(|letter| canonical_combining_class(*letter) == 0).collect();
            prop_assert_eq!(folded(&text), folded(&plain));
        }
    }
}
