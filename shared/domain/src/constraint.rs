//! Constraints of fields, as parsers state them while they are described. Their names and words may be made at run time.

use std::borrow::Cow;

/// The name of a field, or a word that it may have: known when the program is compiled, or made at run time.
pub type Name = Cow<'static, str>;

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
    Word(Vec<Name>),
    /// Any of these words, separated by commas.
    AnyOf(Vec<Name>),
    /// A whole number within these bounds, which are included.
    Integer(i64, i64),
    /// At most so many entries.
    Entries(usize),
    /// An id.
    Id,
    /// A format of JSON Schema.
    Format(&'static str),
    /// Any of these formats of JSON Schema.
    AnyFormat(&'static [&'static str]),
    /// An object of one of these forms: the fields of that form, and none of the other forms.
    OneOf(&'static [&'static [&'static str]]),
    /// A regular expression.
    Pattern(Name),
    /// The name of a time zone of the IANA database.
    TimeZone,
    /// The field is allowed only where another field has one of these words.
    With(Name, Vec<Name>),
    /// Text is required unless another field, a list, has entries.
    Unless(Name),
}

impl Constraint {
    /// One of these words.
    pub fn word<W: Into<Name>>(words: impl IntoIterator<Item = W>) -> Self {
        Self::Word(names(words))
    }

    /// Any of these words, separated by commas.
    pub fn any_of<W: Into<Name>>(words: impl IntoIterator<Item = W>) -> Self {
        Self::AnyOf(names(words))
    }

    /// A regular expression.
    pub fn pattern(expression: impl Into<Name>) -> Self {
        Self::Pattern(expression.into())
    }

    /// The field is allowed only where the field `other` has one of these words.
    pub fn with<W: Into<Name>>(other: impl Into<Name>, words: impl IntoIterator<Item = W>) -> Self {
        Self::With(other.into(), names(words))
    }

    /// Text is required unless the list `other` has entries.
    pub fn unless(other: impl Into<Name>) -> Self {
        Self::Unless(other.into())
    }
}

fn names<W: Into<Name>>(words: impl IntoIterator<Item = W>) -> Vec<Name> {
    words.into_iter().map(Into::into).collect()
}
