//! Field errors: everything that is wrong with an input at once, each with the path of its field.

mod codes;

pub use codes::CODES;

pub use crate::constraint::{Constraint, Form, Limit, Name, UnknownWord, Variants, WordList};
use std::collections::HashSet;

/// What is wrong with a field or a parameter of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct FieldError {
    /// The path of the field, such as `attachments[0].url`, or the name of the parameter.
    pub field: String,
    /// The stable code of what is wrong, for programs.
    #[schemars(schema_with = "codes::schema")]
    pub code: &'static str,
    /// What is wrong, for people: the end of a sentence that begins with the field.
    pub message: String,
}

/// The entries of a list, each in its place: `None` stands for an entry that has an error already.
/// So the errors of the other entries have the right paths, and limits count all entries.
pub type Entries<T> = Vec<Option<T>>;

/// The most errors that one response names: more than anybody reads, and few enough for a body of
/// 1 MiB not to make a response of a hundred.
const MOST: usize = 1_000;

/// Collects the errors of an input while it is parsed. A value with an error is left out (`None`), and
/// [`FieldErrors::finish`] returns the parsed whole only where there is no error.
///
/// Made by [`FieldErrors::describing`], it collects the constraints that the parser states instead: the
/// document of the API is written by the code that reads what the document describes.
#[derive(Debug, Default)]
pub struct FieldErrors {
    /// In the order in which they were noted.
    errors: Vec<FieldError>,
    /// Of checks that come after everything is read: see [`FieldErrors::checks_last`].
    checks: Vec<FieldError>,
    checks_last: bool,
    /// Of values that can be read, and that contradict each other.
    contradictions: Vec<FieldError>,
    limits: Option<Vec<Limit>>,
}

/// The errors of an object inside another one.
#[derive(Debug)]
pub(crate) struct Inner {
    errors: Vec<FieldError>,
    checks: Vec<FieldError>,
}

impl FieldErrors {
    /// No errors yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Collects constraints instead of errors.
    #[must_use]
    pub fn describing() -> Self {
        Self {
            limits: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// The constraints that the parser stated.
    #[must_use]
    pub fn into_limits(self) -> Vec<Limit> {
        self.limits.unwrap_or_default()
    }

    /// States a constraint of a field.
    pub fn ask(&mut self, field: &str, asks: Constraint) {
        if let Some(limits) = &mut self.limits {
            limits.push(Limit {
                field: field.to_owned(),
                asks,
            });
        }
    }

    /// States a constraint of each of the values of a field, which are separated by commas.
    pub fn ask_each(&mut self, field: &str, asks: Constraint) {
        self.ask(field, asks);
        self.ask(field, Constraint::List);
    }

    /// From here on, errors of values come after the errors of kinds (`wrong_type` and the like), also
    /// after those of fields that are read later: a client first hears which fields cannot be read at all.
    pub fn checks_last(&mut self) {
        self.checks_last = true;
    }

    /// Notes an error.
    pub fn add(
        &mut self,
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) {
        self.extend([FieldError {
            field: field.into(),
            code,
            message: message.into(),
        }]);
    }

    /// Notes that a value is not of the kind that can be read.
    pub(crate) fn add_unreadable(
        &mut self,
        field: &str,
        code: &'static str,
        message: impl Into<String>,
    ) {
        let error = FieldError {
            field: field.to_owned(),
            code,
            message: message.into(),
        };
        append(&mut self.errors, [error]);
    }

    /// Notes that a value, which can be read, contradicts another one: an end before its start.
    pub fn contradict(
        &mut self,
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) {
        self.contradictions.push(FieldError {
            field: field.into(),
            code,
            message: message.into(),
        });
    }

    /// Removes and returns the contradictions, for a caller that tells them apart from values that cannot be read.
    pub fn take_contradictions(&mut self) -> Vec<FieldError> {
        std::mem::take(&mut self.contradictions)
    }

    /// Whether there is no error so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.checks.is_empty() && self.contradictions.is_empty()
    }

    /// Adds errors that were found elsewhere.
    pub fn extend(&mut self, others: impl IntoIterator<Item = FieldError>) {
        let errors = if self.checks_last {
            &mut self.checks
        } else {
            &mut self.errors
        };
        append(errors, others);
    }

    /// The errors of an inner object, with its unknown fields at the end of those of reading.
    pub(crate) fn into_inner(mut self, unknown: impl IntoIterator<Item = FieldError>) -> Inner {
        append(&mut self.errors, unknown);
        self.drop_echoes();
        Inner {
            errors: self.errors,
            checks: self.checks,
        }
    }

    /// Drops `required` of fields that have another error: a field of the wrong kind reads as absent.
    pub(crate) fn drop_echoes(&mut self) {
        let all = self.errors.iter().chain(&self.checks);
        let wrong: HashSet<String> = all
            .filter(|error| error.code != "required")
            .map(|error| error.field.clone())
            .collect();
        let stays = |error: &FieldError| error.code != "required" || !wrong.contains(&error.field);
        self.errors.retain(stays);
        self.checks.retain(stays);
    }

    /// Takes over the errors of an inner object; checks that come last there come last here.
    pub(crate) fn extend_inner(&mut self, path: &str, inner: Inner) {
        let outer = |error: FieldError| FieldError {
            field: format!("{path}.{}", error.field),
            ..error
        };
        append(&mut self.errors, inner.errors.into_iter().map(outer));
        append(&mut self.checks, inner.checks.into_iter().map(outer));
    }

    /// Text of `min` to `max` characters without NUL, kept as it was sent. Text of white space
    /// only counts as empty where a minimum is asked.
    pub fn text(&mut self, field: &str, text: &str, min: usize, max: usize) -> Option<String> {
        self.ask(field, Constraint::Text(min, max));
        self.check_text(field, text, min, max)
    }

    fn check_text(&mut self, field: &str, text: &str, min: usize, max: usize) -> Option<String> {
        let length = text.chars().count();
        if text.contains('\0') {
            self.add(field, "nul_character", "must not contain the NUL character");
        } else if length < min || (min > 0 && text.trim().is_empty()) {
            let message = if text.trim().is_empty() {
                "must not be empty".to_owned()
            } else {
                format!("must have at least {min} characters, has {length}")
            };
            self.add(field, "too_short", message);
        } else if length > max {
            self.add(
                field,
                "too_long",
                format!("must have at most {max} characters, has {length}"),
            );
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// As [`FieldErrors::text`], where the field may be absent or null.
    pub fn optional_text(
        &mut self,
        field: &str,
        text: Option<&str>,
        min: usize,
        max: usize,
    ) -> Option<String> {
        self.ask(field, Constraint::Text(min, max));
        text.and_then(|text| self.check_text(field, text, min, max))
    }

    /// As [`FieldErrors::text`], where absence is an error too.
    pub fn required_text(
        &mut self,
        field: &str,
        text: Option<&str>,
        min: usize,
        max: usize,
    ) -> Option<String> {
        if text.is_none() {
            self.required(field);
        }
        self.optional_text(field, text, min, max)
    }

    /// One of an enum's words, or absent.
    pub fn word<T: Variants>(&mut self, field: &str, word: Option<&str>) -> Option<T> {
        self.ask(field, Constraint::word::<T>());
        match word?.parse() {
            Ok(value) => Some(value),
            Err(unknown) => {
                self.add(field, "unknown_value", unknown.to_string());
                None
            }
        }
    }

    /// A whole number within bounds, or absent.
    pub fn integer(
        &mut self,
        field: &str,
        number: Option<i64>,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let (least, most) = (*range.start(), *range.end());
        self.ask(field, Constraint::Integer(least, most));
        let number = number?;
        if !range.contains(&number) {
            self.add(
                field,
                "out_of_range",
                format!("must be a whole number of {least} to {most}"),
            );
            return None;
        }
        Some(number)
    }

    /// At most so many entries.
    pub fn entries(&mut self, field: &str, count: usize, most: usize) {
        self.ask(field, Constraint::Entries(most));
        if count > most {
            self.add(
                field,
                "too_many",
                format!("must have at most {most} entries, has {count}"),
            );
        }
    }

    /// An id, or absent.
    pub fn id<T: std::str::FromStr>(&mut self, field: &str, text: Option<&str>) -> Option<T> {
        self.ask(field, Constraint::Id);
        let parsed = text?.parse().ok();
        if parsed.is_none() {
            self.add(field, "invalid_id", "must be an id");
        }
        parsed
    }

    /// Notes that a required field is missing.
    pub fn required(&mut self, field: &str) {
        self.ask(field, Constraint::Presence);
        self.add(field, "required", "is required");
    }

    /// The value, if there is no error. A `None` without an error is a mistake in the parser, and is
    /// reported as an error of the whole so that nothing half parsed gets in.
    ///
    /// # Errors
    /// All errors noted so far: those of reading, those of checks, contradictions. At most 1 000.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        let later = [std::mem::take(&mut self.checks), self.take_contradictions()];
        append(&mut self.errors, later.into_iter().flatten());
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => {
                if self.errors.is_empty() {
                    self.add_unreadable("", "invalid", "could not be read");
                }
                Err(self.errors)
            }
        }
    }
}

fn append(errors: &mut Vec<FieldError>, others: impl IntoIterator<Item = FieldError>) {
    let room = MOST.saturating_sub(errors.len());
    errors.extend(others.into_iter().take(room));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_errors_the_first_thousand_are_named() {
        let mut errors = FieldErrors::new();
        for at in 0..1_500 {
            errors.add(format!("tags[{at}]"), "too_short", "");
        }
        let mut whole = FieldErrors::new();
        whole.required("subject");
        whole.extend(errors.finish(Some(())).unwrap_err());
        let told = whole.finish(Some(())).unwrap_err();
        assert_eq!(told.len(), 1_000);
        assert_eq!(told[0].field, "subject");
        assert_eq!(told[999].field, "tags[998]");
    }
}
