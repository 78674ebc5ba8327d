//! Constraints of fields, as parsers state them while they are described. Their names and words may be made at run time.

use serde_json::{Value, json};
use std::{borrow::Cow, fmt::Write};

/// The name of a field, or a word that it may have: known when the program is compiled, or made at run time.
pub type Name = Cow<'static, str>;

/// A word that is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: {allowed}")]
pub struct UnknownWord {
    /// The allowed words, separated by commas.
    pub allowed: String,
}

/// A type whose values are words.
pub trait Variants: std::str::FromStr<Err = UnknownWord> {
    /// The name of the type in the document.
    const NAME: &'static str;
    /// What the type is for.
    const ABOUT: &'static str;

    /// The words with their meanings, in the order of declaration.
    fn meanings() -> &'static [(&'static str, &'static str)];
}

/// A constraint of a field, as a parser states it while it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// A JSON path, such as `attachments[0].url`.
    pub field: String,
    /// The constraint.
    pub asks: Constraint,
}

/// A constraint of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// The field is required.
    Presence,
    /// Text of that least and greatest number of characters.
    Text(usize, usize),
    /// One of these words.
    Word(WordList),
    /// Several values, separated by commas. The constraints that were stated before are those of each.
    List,
    /// A whole number within these bounds, which are included.
    Integer(i64, i64),
    /// At most so many entries.
    Entries(usize),
    /// An id.
    Id,
    /// A format of JSON Schema.
    Format(&'static str),
    /// An object of one of these forms: the fields of that form, and none of the other forms.
    OneOf(&'static [Form]),
    /// A regular expression.
    Pattern(Name),
    /// `true` or `false` in a query.
    Flag,
    /// The name of a time zone of the IANA database.
    TimeZone,
}

/// One of several forms that an object may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The name of the form in the document.
    pub name: &'static str,
    /// What the form is for.
    pub about: &'static str,
    /// The fields of the form, which are all required.
    pub fields: &'static [&'static str],
}

/// The words that a field may have, with the name and the description that they have in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordList {
    /// The name of the type.
    pub name: Name,
    /// What the type is for, and what each word means.
    pub about: Name,
    /// The words.
    pub words: Vec<Name>,
    /// Names for the words, for clients in languages in which the words cannot be names.
    pub names: Option<&'static [&'static str]>,
}

impl WordList {
    /// All words of a type.
    #[must_use]
    pub fn of<T: Variants>() -> Self {
        Self::described(T::NAME, T::ABOUT, T::meanings())
    }

    /// The words of a type for which `admits` is true, under a name of their own.
    pub fn some_of<T: Variants>(
        name: &'static str,
        about: &str,
        admits: impl Fn(&str) -> bool,
    ) -> Self {
        let all = T::meanings().iter();
        let admitted: Vec<_> = all.copied().filter(|(word, _)| admits(word)).collect();
        Self::described(name, about, &admitted)
    }

    /// Words with their meanings.
    #[must_use]
    pub fn described(
        name: &'static str,
        about: &str,
        meanings: &[(&'static str, &'static str)],
    ) -> Self {
        let mut text = format!("{}\n", about.trim());
        for (word, meaning) in meanings {
            let written = write!(text, "\n- `{word}`: {}", meaning.trim());
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
        Self {
            name: name.into(),
            about: text.into(),
            words: meanings.iter().map(|(word, _)| (*word).into()).collect(),
            names: None,
        }
    }

    /// With names for the words.
    #[must_use]
    pub fn with_names(self, names: &'static [&'static str]) -> Self {
        Self {
            names: Some(names),
            ..self
        }
    }

    /// The JSON Schema of a word.
    #[must_use]
    pub fn schema(&self) -> Value {
        json!({"description": self.about, "type": "string", "enum": self.words})
    }
}

impl Constraint {
    /// One of the words of a type.
    #[must_use]
    pub fn word<T: Variants>() -> Self {
        Self::Word(WordList::of::<T>())
    }

    /// A regular expression.
    pub fn pattern(expression: impl Into<Name>) -> Self {
        Self::Pattern(expression.into())
    }
}
