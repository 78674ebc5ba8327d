//! What is wrong with an input: every fault at once, each with the path of its field.

/// One fault of an input.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// A JSON path, such as `attachments[0].url`.
    pub field: String,
    /// A stable `snake_case` word.
    pub code: &'static str,
    /// What to do about it, in plain words.
    pub message: String,
}

/// The entries of a list as they were sent, each in its place: `None` stands for one that was at
/// fault already. So the faults of the others have their right paths, and limits count them all.
pub type Entries<T> = Vec<Option<T>>;

/// A word that is none of those allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of: {allowed}")]
pub struct UnknownWord {
    /// The words that would do.
    pub allowed: String,
}

/// A type whose values are words.
pub trait Variants: std::str::FromStr<Err = UnknownWord> {
    /// The words.
    fn words() -> Vec<&'static str>;
}

/// What a parser asks of a field: what it would have refused, had a value been there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// A JSON path, such as `attachments[0].url`.
    pub field: String,
    /// What is asked.
    pub asks: Constraint,
}

/// What may be asked of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// That it is there.
    Presence,
    /// Text of so many characters.
    Text(usize, usize),
    /// One of these words.
    Word(Vec<&'static str>),
    /// Any of these words, separated by commas.
    AnyOf(Vec<&'static str>),
    /// A whole number within bounds.
    Integer(i64, i64),
    /// At most so many entries.
    Entries(usize),
    /// An id.
    Id,
    /// A format of JSON Schema.
    Format(&'static str),
    /// Any of these formats of JSON Schema.
    AnyFormat(&'static [&'static str]),
    /// An object of one of these forms: these fields, and none of the others.
    OneOf(&'static [&'static [&'static str]]),
    /// A regular expression.
    Pattern(&'static str),
    /// The name of a time zone of the IANA database.
    TimeZone,
    /// That it is there with these words of another field alone.
    With(&'static str, Vec<&'static str>),
    /// That text is there unless another field has entries.
    Unless(&'static str),
}

/// The most faults that are told of one input: more than anybody reads, and few enough for a body of
/// 1 MiB not to make an answer of a hundred.
const MOST: usize = 1_000;

/// Gathers faults while an input is parsed. A value that is at fault is left out (`None`), and
/// [`FieldErrors::finish`] gives the parsed whole only when nothing was.
///
/// Made by [`FieldErrors::describing`], it gathers what the parser asks instead of what is wrong: by
/// that the document of the API is written by the very code that reads what it describes.
#[derive(Debug, Default)]
pub struct FieldErrors {
    faults: Vec<FieldError>,
    /// Values that can be read, and that cannot stand beside each other.
    contradictions: Vec<FieldError>,
    limits: Option<Vec<Limit>>,
}

impl FieldErrors {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gathers what the parser asks.
    #[must_use]
    pub fn describing() -> Self {
        Self {
            limits: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// What the parser asked.
    #[must_use]
    pub fn into_limits(self) -> Vec<Limit> {
        self.limits.unwrap_or_default()
    }

    /// Says what the parser asks of a field.
    pub fn ask(&mut self, field: &str, asks: Constraint) {
        if let Some(limits) = &mut self.limits {
            limits.push(Limit {
                field: field.to_owned(),
                asks,
            });
        }
    }

    /// Notes a fault.
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

    /// Takes the contradictions out, for a caller that tells them apart from values that cannot be read.
    pub fn take_contradictions(&mut self) -> Vec<FieldError> {
        std::mem::take(&mut self.contradictions)
    }

    /// Whether nothing was noted so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty() && self.contradictions.is_empty()
    }

    /// Takes over the faults of a part.
    pub fn extend(&mut self, others: impl IntoIterator<Item = FieldError>) {
        let room = MOST.saturating_sub(self.faults.len());
        self.faults.extend(others.into_iter().take(room));
    }

    /// Text of `min` to `max` characters without NUL, kept as it was sent. Text of white space
    /// alone counts as empty where something is needed.
    pub fn text(&mut self, field: &str, text: &str, min: usize, max: usize) -> Option<String> {
        self.ask(field, Constraint::Text(min, max));
        self.check_text(field, text, min, max)
    }

    fn check_text(&mut self, field: &str, text: &str, min: usize, max: usize) -> Option<String> {
        let length = text.chars().count();
        if text.contains('\0') {
            self.add(field, "nul_character", "must not contain the NUL character");
        } else if length < min || (min > 0 && text.trim().is_empty()) {
            self.add(
                field,
                "too_short",
                format!("must have at least {min} character(s)"),
            );
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

    /// As [`FieldErrors::text`], where absence is a fault too.
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
        self.ask(field, Constraint::Word(T::words()));
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

    /// Notes that a field is missing, and that it must not be.
    pub fn required(&mut self, field: &str) {
        self.ask(field, Constraint::Presence);
        self.add(field, "required", "is required");
    }

    /// The faults, if there are any; else the value. A `None` without a fault is a mistake in
    /// the parser, and is reported as a fault of the whole so that nothing half parsed gets in.
    ///
    /// # Errors
    /// All faults noted so far.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        let contradictions = self.take_contradictions();
        self.extend(contradictions);
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => {
                if self.faults.is_empty() {
                    self.add("", "invalid", "could not be read");
                }
                Err(self.faults)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_faults_the_first_thousand_are_told() {
        let mut faults = FieldErrors::new();
        for at in 0..1_500 {
            faults.add(format!("tags[{at}]"), "too_short", "");
        }
        let mut whole = FieldErrors::new();
        whole.required("subject");
        whole.extend(faults.finish(Some(())).unwrap_err());
        let told = whole.finish(Some(())).unwrap_err();
        assert_eq!(told.len(), 1_000);
        assert_eq!(told[0].field, "subject");
        assert_eq!(told[999].field, "tags[998]");
    }
}
