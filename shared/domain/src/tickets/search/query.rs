//! Search queries: words, "phrases" and -exclusions. Pure.

use crate::tickets::search::{
    Steps,
    words::{Word, words},
};

/// Maximum length of a search, in characters.
pub const LONGEST: usize = 500;
/// Maximum of words and phrases in a search.
const MOST: usize = 16;

/// A parsed search. A ticket matches if it has all of `wanted` and none of `unwanted`. A search without words
/// finds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Terms that a ticket must have.
    wanted: Vec<Term>,
    /// Terms that it must not have.
    unwanted: Vec<Term>,
}

/// A word, or a phrase of adjacent words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    words: Vec<String>,
    /// Whether the last word is a prefix.
    open: bool,
}

/// A search has too many words and phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at most {MOST} words and phrases")]
pub struct TooMany;

impl Search {
    /// Parses a search: `words`, `"a phrase"`, `-without`, `-"without this"`, and `prefix*`. A piece without
    /// spaces and with several words, as `BKG-12345`, is a phrase. An open quote ends with the text.
    ///
    /// # Errors
    /// [`TooMany`]: more than 16 words and phrases.
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

    /// Whether it has no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// The `tsquery` of the words that a ticket must and must not have, at any position, for the index of
    /// tickets. Phrases are checked in the tickets that it finds.
    #[must_use]
    pub fn words(&self) -> String {
        let wanted = self.wanted.iter().map(Term::words);
        let unwanted = self.unwanted.iter().filter(|term| !term.is_phrase());
        let unwanted = unwanted.map(|term| format!("!{}", term.words()));
        wanted.chain(unwanted).collect::<Vec<_>>().join(" & ")
    }

    /// A `tsquery` for each phrase that a text of the ticket must have.
    pub fn phrases(&self) -> impl Iterator<Item = String> {
        phrases(&self.wanted)
    }

    /// A `tsquery` for each phrase that no text of the ticket may have.
    pub fn unwanted_phrases(&self) -> impl Iterator<Item = String> {
        phrases(&self.unwanted)
    }

    /// The `tsquery` of texts with at least one of the wanted terms, for ranks and for highlights. Empty if no
    /// term is wanted.
    #[must_use]
    pub fn any(&self) -> String {
        let wanted = self.wanted.iter().map(Term::phrase);
        wanted.collect::<Vec<_>>().join(" | ")
    }

    /// The number of words, from the first on, that match a wanted term; 0 if none does. The longest match
    /// counts.
    pub fn matches_at(&self, words: &[Word], steps: &mut Steps) -> usize {
        let lengths = self.wanted.iter().filter(|term| term.begins(words, steps));
        lengths.map(|term| term.words.len()).max().unwrap_or(0)
    }

    /// The number of words in the longest wanted term: [`Search::matches_at`] needs so many.
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

/// The end of a piece without quotes: at white space or at a quote, in bytes.
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

    /// The `tsquery` of its words, adjacent.
    fn phrase(&self) -> String {
        self.joined(" <-> ")
    }

    /// The `tsquery` of its words, at any position.
    fn words(&self) -> String {
        self.joined(" & ")
    }

    /// Words have only letters and digits, so no escape is needed.
    fn joined(&self, operator: &str) -> String {
        let words: Vec<_> = self.words.iter().map(|word| format!("'{word}'")).collect();
        let open = if self.open { ":*" } else { "" };
        format!("({}{open})", words.join(operator))
    }

    /// Whether these words begin with it. Each comparison of words is a step.
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
mod tests;
