//! What a search asks for: words, "phrases" and -exclusions. Pure.

use crate::tickets::search::{
    Steps,
    words::{Word, words},
};

/// Characters of a search.
pub const LONGEST: usize = 500;
/// Words and phrases of a search.
const MOST: usize = 16;

/// What somebody searches for. Tickets have all of `wanted` and nothing of `unwanted`; a search without
/// any word finds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// What a ticket has.
    wanted: Vec<Term>,
    /// What it has not.
    unwanted: Vec<Term>,
}

/// A word or a phrase: words that stand side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    words: Vec<String>,
    /// Whether the last word may go on.
    open: bool,
}

/// There are more words and phrases than a search may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at most {MOST} words and phrases")]
pub struct TooMany;

impl Search {
    /// Reads a search: `words`, `"a phrase"`, `-without`, `-"without this"`, and `begin*` for words that
    /// begin so. What is written in one piece, as `BKG-12345`, is a phrase; a quote that is left open
    /// ends with the text.
    ///
    /// # Errors
    /// [`TooMany`] words and phrases.
    pub fn parse(text: &str) -> Result<Self, TooMany> {
        let mut search = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (minus, after) = match rest.strip_prefix('-') {
                Some(after) => (true, after),
                None => (false, rest),
            };
            let (piece, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_at(end_of_piece(after)),
            };
            rest = after.trim_start();
            let terms = if minus {
                &mut search.unwanted
            } else {
                &mut search.wanted
            };
            match Term::of(piece) {
                Some(term) if !terms.contains(&term) => terms.push(term),
                Some(_) | None => {}
            }
        }
        if search.wanted.len().saturating_add(search.unwanted.len()) > MOST {
            return Err(TooMany);
        }
        Ok(search)
    }

    /// Whether it has no word at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// The `tsquery` of the words that a ticket has and has not, wherever they stand: what an index
    /// answers. Phrases have to be looked for in what it finds.
    #[must_use]
    pub fn words(&self) -> String {
        let wanted = self.wanted.iter().map(Term::words);
        let unwanted = self.unwanted.iter().filter(|term| !term.is_phrase());
        let unwanted = unwanted.map(|term| format!("!{}", term.words()));
        wanted.chain(unwanted).collect::<Vec<_>>().join(" & ")
    }

    /// A `tsquery` for each phrase that a text of the ticket has.
    pub fn phrases(&self) -> impl Iterator<Item = String> {
        phrases(&self.wanted)
    }

    /// A `tsquery` for each phrase that no text of it has.
    pub fn unwanted_phrases(&self) -> impl Iterator<Item = String> {
        phrases(&self.unwanted)
    }

    /// The `tsquery` of whatever has one of the wanted words and phrases: for ranks and for quotes.
    /// Empty when none is wanted.
    #[must_use]
    pub fn any(&self) -> String {
        let wanted = self.wanted.iter().map(Term::phrase);
        wanted.collect::<Vec<_>>().join(" | ")
    }

    /// How many of these words, from the first on, are one of the wanted words or phrases.
    pub fn matches_at(&self, words: &[Word], steps: &mut Steps) -> usize {
        let lengths = self.wanted.iter().filter(|term| term.begins(words, steps));
        lengths.map(|term| term.words.len()).max().unwrap_or(0)
    }

    /// The words of the longest thing that is wanted: how many [`Search::matches_at`] looks at.
    #[must_use]
    pub fn longest(&self) -> usize {
        let lengths = self.wanted.iter().map(|term| term.words.len());
        lengths.max().unwrap_or(0)
    }
}

fn phrases(terms: &[Term]) -> impl Iterator<Item = String> {
    terms
        .iter()
        .filter(|term| term.is_phrase())
        .map(Term::phrase)
}

/// Where a piece without quotes ends: at white space, or where a quote begins.
fn end_of_piece(text: &str) -> usize {
    text.find(|letter: char| letter.is_whitespace() || letter == '"')
        .unwrap_or(text.len())
}

impl Term {
    fn of(piece: &str) -> Option<Self> {
        let words: Vec<_> = words(piece).map(|word| word.folded).collect();
        let open = piece.ends_with('*');
        (!words.is_empty()).then_some(Self { words, open })
    }

    fn is_phrase(&self) -> bool {
        self.words.len() > 1
    }

    /// Its words side by side, as a `tsquery`.
    fn phrase(&self) -> String {
        self.joined(" <-> ")
    }

    /// Its words anywhere, as a `tsquery`.
    fn words(&self) -> String {
        self.joined(" & ")
    }

    /// Words are letters and digits, so that nothing needs an escape.
    fn joined(&self, operator: &str) -> String {
        let words: Vec<_> = self.words.iter().map(|word| format!("'{word}'")).collect();
        let open = if self.open { ":*" } else { "" };
        format!("({}{open})", words.join(operator))
    }

    /// Whether it stands at the beginning of these words. A step for each word that is compared.
    fn begins(&self, words: &[Word], steps: &mut Steps) -> bool {
        let Some((last, before)) = self.words.split_last() else {
            return false;
        };
        let Some((there, last_there)) = words
            .split_at_checked(before.len())
            .and_then(|(there, after)| Some((there, after.first()?)))
        else {
            return false;
        };
        let same = before.iter().zip(there).all(|(wanted, word)| {
            steps.take(1);
            *wanted == word.folded
        });
        steps.take(1);
        same && if self.open {
            last_there.folded.starts_with(last.as_str())
        } else {
            last_there.folded == *last
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let search = Search::parse(text).unwrap();
        let shown = |terms: &[Term]| terms.iter().map(Term::phrase).collect();
        (shown(&search.wanted), shown(&search.unwanted))
    }

    #[test]
    fn a_search_has_words_phrases_and_exclusions() {
        for (text, wanted, unwanted) in [
            ("", &[][..], &[][..]),
            ("  ?! - -- \"\" -\"\" * ", &[], &[]),
            ("Refund", &["('refund')"], &[]),
            ("refund booking refund", &["('refund')", "('booking')"], &[]),
            (
                "\"refund the booking\"",
                &["('refund' <-> 'the' <-> 'booking')"],
                &[],
            ),
            ("refund -card", &["('refund')"], &["('card')"]),
            (
                "-\"credit card\" refund",
                &["('refund')"],
                &["('credit' <-> 'card')"],
            ),
            ("BKG-12345", &["('bkg' <-> '12345')"], &[]),
            ("-BKG-12345", &[], &["('bkg' <-> '12345')"]),
            ("pay*", &["('pay':*)"], &[]),
            ("\"credit ca*\"", &["('credit' <-> 'ca':*)"], &[]),
            ("a\"b c\"d", &["('a')", "('b' <-> 'c')", "('d')"], &[]),
            ("\"left open", &["('left' <-> 'open')"], &[]),
            ("it's -- ok", &["('it' <-> 's')", "('ok')"], &[]),
            ("a' & !b | c:*", &["('a')", "('b')", "('c':*)"], &[]),
        ] {
            assert_eq!(read(text), (owned(wanted), owned(unwanted)), "{text}");
        }
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_index_is_asked_for_words_and_texts_for_phrases() {
        let search = Search::parse("refund \"credit card*\" -visa -\"bank account\"").unwrap();
        assert_eq!(
            search.words(),
            "('refund') & ('credit' & 'card':*) & !('visa')"
        );
        assert_eq!(
            search.phrases().collect::<Vec<_>>(),
            ["('credit' <-> 'card':*)"]
        );
        let unwanted: Vec<_> = search.unwanted_phrases().collect();
        assert_eq!(unwanted, ["('bank' <-> 'account')"]);
        assert_eq!(search.any(), "('refund') | ('credit' <-> 'card':*)");
        assert_eq!(Search::parse("-\"bank account\"").unwrap().words(), "");
    }

    #[test]
    fn a_search_has_at_most_sixteen_words_and_phrases() {
        let letters = |count: u8| (b'a'..b'a' + count).map(char::from).map(String::from);
        let search = |count| letters(count).collect::<Vec<_>>().join(" ");
        assert!(Search::parse(&search(16)).is_ok());
        assert_eq!(Search::parse(&search(17)), Err(TooMany));
        assert!(Search::parse(&"again ".repeat(80)).is_ok());
    }

    #[test]
    fn a_match_is_as_long_as_the_longest_wanted_thing() {
        let words: Vec<_> = words("Credit cards refused").collect();
        let mut steps = Steps::of_a_page();
        let mut length = |text: &str| {
            let search = Search::parse(text).unwrap();
            search.matches_at(&words, &mut steps)
        };
        assert_eq!(length("credit"), 1);
        assert_eq!(length("credit \"credit cards\""), 2);
        assert_eq!(length("\"credit card\""), 0);
        assert_eq!(length("\"credit card*\""), 2);
        assert_eq!(length("\"credit cards refused twice\""), 0);
        assert_eq!(length("-credit"), 0);
        assert_eq!(length(""), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_a_search_that_postgresql_can_read(text in any::<String>()) {
            if let Ok(search) = Search::parse(&text) {
                for term in search.wanted.iter().chain(&search.unwanted).map(Term::phrase) {
                    let inside = term.strip_prefix("('").and_then(|term| {
                        term.strip_suffix("')").or_else(|| term.strip_suffix("':*)"))
                    });
                    for word in inside.unwrap().split("' <-> '") {
                        prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric));
                    }
                }
            }
        }

        #[test]
        fn a_phrase_of_a_text_is_found_in_it(text in "[a-z]{1,5}( [a-z]{1,5}){2,8}", from in 0_usize..3) {
            let words: Vec<_> = words(&text).collect();
            let phrase = format!("\"{}\"", &text[words[from].at.start..]);
            let search = Search::parse(&phrase).unwrap();
            let mut steps = Steps::of_a_page();
            prop_assert_eq!(search.matches_at(&words[from..], &mut steps), words.len() - from);
        }
    }
}
