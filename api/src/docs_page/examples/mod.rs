//! Examples of a call in three languages, generated from one description of it. Pure.

mod call;
mod curl;
mod literal;
mod python;
mod typescript;

pub(super) use call::{AnswerKind, Call, CallBody};

use super::highlight::highlight;
use serde::Serialize;

/// An example in one language.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sample {
    /// The word in the page's classes.
    pub language: &'static str,
    pub title: &'static str,
    /// The code with colours.
    pub html: String,
}

/// The languages: the word in the page's classes, and the title.
pub(super) const LANGUAGES: [(&str, &str); 3] = [
    ("curl", "curl"),
    ("python", "Python"),
    ("typescript", "TypeScript"),
];

/// The call in every language.
pub(super) fn samples(call: &Call) -> Vec<Sample> {
    let codes = [curl::code(call), python::code(call), typescript::code(call)];
    LANGUAGES
        .into_iter()
        .zip(codes)
        .map(|((language, title), code)| Sample {
            language,
            title,
            html: highlight(language, &code),
        })
        .collect()
}

#[cfg(test)]
mod tests;
