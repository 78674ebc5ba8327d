//! Search queries: words, "phrases" and -exclusions. Pure.

use crate::tickets::{
    TicketNumber,
    access::Viewer,
    search::{
        Steps,
        index::{Kind, pair_lexeme},
        words::{Word, words},
    },
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

    /// The `tsquery` of documents of one part. [`BUCKET`] stands for the bucket. Phrases of more than two words are
    /// checked in the texts of the documents that it finds: see [`Search::long_phrases`].
    #[must_use]
    pub fn in_one_part(&self, reader: Viewer) -> String {
        let wanted = self.wanted.iter().map(|term| term.in_index(reader));
        let unwanted = self.unwanted_in_index(reader);
        let unwanted = unwanted.map(|term| format!("!{term}"));
        // PostgreSQL reads the whole index for a query that only excludes.
        let one = if self.wanted.is_empty() {
            quoted(&Kind::Single.lexeme(""))
        } else {
            format!("!{}", quoted(&Kind::Several.lexeme("")))
        };
        let all = wanted.chain(unwanted).chain([one]);
        all.collect::<Vec<_>>().join(" & ")
    }

    /// The `tsquery` of parts, of documents of several, that may decide about a document: by [`Search::wanted_in_index`]
    /// and [`Search::unwanted_in_index`].
    #[must_use]
    pub fn in_several_parts(&self, reader: Viewer) -> String {
        let several = quoted(&Kind::Several.lexeme(""));
        if self.wanted.is_empty() {
            return several;
        }
        let terms = self.wanted.iter().chain(&self.unwanted);
        let any: Vec<_> = terms.map(|term| term.in_index(reader)).collect();
        format!("{several} & ({})", any.join(" | "))
    }

    /// A `tsquery` for each term that a part of the document must have.
    pub fn wanted_in_index(&self, reader: Viewer) -> impl Iterator<Item = String> {
        self.wanted.iter().flat_map(move |term| term.each(reader))
    }

    /// A `tsquery` for each term that no part of the document may have.
    pub fn unwanted_in_index(&self, reader: Viewer) -> impl Iterator<Item = String> {
        let short = self.unwanted.iter().filter(|term| !term.is_long());
        short.map(move |term| term.in_index(reader))
    }

    /// What a text of the document must contain, for each wanted phrase of more than two words; as
    /// [`crate::tickets::search::index::Index::said`] tells a text.
    pub fn long_phrases(&self) -> impl Iterator<Item = String> {
        long_phrases(&self.wanted)
    }

    /// What no text of the document may contain, for each unwanted phrase of more than two words.
    pub fn unwanted_long_phrases(&self) -> impl Iterator<Item = String> {
        long_phrases(&self.unwanted)
    }

    /// What a text contains that has a wanted term.
    pub fn said(&self) -> impl Iterator<Item = String> {
        self.wanted.iter().map(Term::said)
    }

    /// The `tsquery` of the words of the wanted terms, for ranks. Empty if no term is wanted.
    #[must_use]
    pub fn any(&self) -> String {
        let wanted = self.wanted.iter().map(Term::words);
        wanted.collect::<Vec<_>>().join(" | ")
    }

    /// Each `tsquery` of documents that match and have all words of the wanted terms in the title, or any of them; one where
    /// that is the same, none if no term is wanted. A word with an open end is found as it is. Of a document of several
    /// parts it finds the one with the title, whether or not the others match.
    #[must_use]
    pub fn in_title(&self, reader: Viewer) -> Vec<String> {
        let words = self.wanted.iter().flat_map(|term| &term.words);
        let words: Vec<_> = words
            .map(|word| quoted(&Kind::Title.lexeme(word)))
            .collect();
        let several = quoted(&Kind::Several.lexeme(""));
        let matching = self.in_one_part(reader);
        let of = |words: String| format!("({words}) & ({matching} | {several})");
        match &*words {
            [] => Vec::new(),
            [one] => vec![of(one.clone())],
            _ => vec![of(words.join(" & ")), of(words.join(" | "))],
        }
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

fn long_phrases(terms: &[Term]) -> impl Iterator<Item = String> {
    terms.iter().filter(|term| term.is_long()).map(Term::said)
}

/// The number of tickets in a bucket. The more, the less a search for a rare word costs, and the more one for a
/// frequent word.
const OF_A_BUCKET: i64 = 16_384;

/// The bucket of a ticket in the index: its place in the order of creation.
#[must_use]
pub fn bucket_of(number: &TicketNumber) -> i32 {
    bucket_of_sequence(number.sequence())
}

/// The bucket of the ticket that was created as the `sequence`-th one.
#[must_use]
pub fn bucket_of_sequence(sequence: i64) -> i32 {
    i32::try_from(sequence.div_euclid(OF_A_BUCKET)).unwrap_or(i32::MAX)
}

/// Stands for the number of a bucket in a `tsquery`. Words have only letters and digits.
pub const BUCKET: char = '#';

/// A lexeme of a bucket in a `tsquery`. Words have only letters and digits, so no escape is needed.
#[must_use]
pub fn quoted(lexeme: &str) -> String {
    format!("'{BUCKET}{lexeme}'")
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

    /// Whether the index alone does not tell whether a text has it.
    fn is_long(&self) -> bool {
        self.words.len() > 2
    }

    /// The `tsquery` of documents that may have it, and surely have it unless it is long.
    fn in_index(&self, reader: Viewer) -> String {
        format!("({})", self.each(reader).collect::<Vec<_>>().join(" & "))
    }

    /// The `tsquery` of each of its lexemes: of its word, or of its neighbouring words.
    fn each(&self, reader: Viewer) -> impl Iterator<Item = String> {
        let last = self.words.len().saturating_sub(2);
        let pairs = self.words.windows(2).filter_map(|pair| match pair {
            [first, second] => Some((first, second)),
            _ => None,
        });
        let pairs = pairs.enumerate().map(move |(n, (first, second))| {
            let lexeme = |of| pair_lexeme(first, second, of);
            either(lexeme, reader, self.open && n == last)
        });
        let single = match &*self.words {
            [word] => Some(either(|of| Kind::Word(of).lexeme(word), reader, self.open)),
            _ => None,
        };
        single.into_iter().chain(pairs)
    }

    /// What a text that has it contains, as [`crate::tickets::search::index::Index::said`] tells a text.
    fn said(&self) -> String {
        let end = if self.open { "" } else { " " };
        format!(" {}{end}", self.words.join(" "))
    }

    /// The `tsquery` of its words, at any place of a text.
    fn words(&self) -> String {
        let words: Vec<_> = self.words.iter().map(|word| format!("'{word}'")).collect();
        let open = if self.open { ":*" } else { "" };
        format!("({}{open})", words.join(" & "))
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

/// The `tsquery` of a lexeme in the texts that one may read: staff read internal notes as well.
fn either(lexeme: impl Fn(Viewer) -> String, reader: Viewer, open: bool) -> String {
    let open = if open { ":*" } else { "" };
    let public = format!("{}{open}", quoted(&lexeme(Viewer::Requester)));
    match reader {
        Viewer::Requester => public,
        Viewer::Staff => format!("({public} | {}{open})", quoted(&lexeme(Viewer::Staff))),
    }
}

#[cfg(test)]
mod tests;
