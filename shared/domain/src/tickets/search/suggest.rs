//! Suggestions while somebody types: the beginning of a number or of words of the subject. Pure.

use crate::tickets::search::{
    index::{BEGINNING, Kind},
    query::{TooMany, quoted},
    words::words,
};

/// The most words of a text for suggestions.
const MOST: usize = 16;

/// What somebody has typed so far: words, of which the last may be unfinished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed(Vec<String>);

impl Typed {
    /// The words of what was typed; none if it has no letter and no digit.
    ///
    /// # Errors
    /// [`TooMany`]: more than 16 words.
    pub fn parse(text: &str) -> Result<Self, TooMany> {
        let words: Vec<_> = words(text).map(|word| word.folded).take(MOST + 1).collect();
        if words.len() > MOST {
            return Err(TooMany);
        }
        Ok(Self(words))
    }

    /// The `tsquery` of documents whose title has these words, the last as the beginning of a word.
    #[must_use]
    pub fn in_index(&self) -> Option<String> {
        let (last, whole) = self.0.split_last()?;
        let lexeme = |word: &String| quoted(&Kind::Title.lexeme(word));
        let beginning: String = last.chars().take(BEGINNING).collect();
        let begins = quoted(&Kind::Beginning.lexeme(&beginning));
        let goes_on = (beginning != *last).then(|| format!("{}:*", lexeme(last)));
        let all = whole.iter().map(lexeme).chain([begins]).chain(goes_on);
        Some(all.collect::<Vec<_>>().join(" & "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_may_be_unfinished_and_the_others_are_whole() {
        for (typed, expected) in [
            ("", None),
            (" ?!", None),
            ("Réf", Some("'#<ref'")),
            ("TKT-17", Some("'#^tkt' & '#<17'")),
            ("cannot p", Some("'#^cannot' & '#<p'")),
            ("reservation", Some("'#<reservat' & '#^reservation':*")),
        ] {
            let typed = Typed::parse(typed).unwrap();
            assert_eq!(typed.in_index().as_deref(), expected, "{typed:?}");
        }
        assert_eq!(Typed::parse(&"a ".repeat(17)), Err(TooMany));
    }
}
