//! Numbers of telephones. They are kept out of logs. Pure.

use crate::people::fields;
use std::fmt;

/// A number in the format of E.164: `+`, country code and number.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Parses a number; `None` for any other text, also for an account without one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        fields::is_phone(text).then(|| Self(text.to_owned()))
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it begins with one of these; any number does if there are none.
    #[must_use]
    pub fn begins_with_one_of(&self, prefixes: &[Prefix]) -> bool {
        let mut all = prefixes.iter();
        prefixes.is_empty() || all.any(|prefix| self.0.starts_with(&prefix.0))
    }
}

/// A number is personal data.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

/// The beginning of numbers, such as `+254`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Parses a prefix: `+` and 1 to 8 digits, the first of which is not 0; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let is_prefix = (1..=8).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_prefix.then(|| Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber::parse(text).unwrap()
    }

    #[test]
    fn a_number_has_its_country_code() {
        assert_eq!(number("+254712345678").as_str(), "+254712345678");
        for other in [
            "",
            "0712345678",
            "+0712345678",
            "+254 712",
            "+25471234567890123",
            "254712345678",
        ] {
            assert_eq!(PhoneNumber::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_number_is_not_printed() {
        assert!(!format!("{:?}", number("+254712345678")).contains("254"));
    }

    #[test]
    fn prefixes_limit_the_countries() {
        let prefixes: Vec<_> = ["+254", "+33"]
            .into_iter()
            .filter_map(Prefix::parse)
            .collect();
        assert!(number("+254712345678").begins_with_one_of(&prefixes));
        assert!(number("+33612345678").begins_with_one_of(&prefixes));
        assert!(!number("+255712345678").begins_with_one_of(&prefixes));
        assert!(number("+255712345678").begins_with_one_of(&[]));
        for other in ["", "+", "254", "+0", "+25a", "+123456789"] {
            assert_eq!(Prefix::parse(other), None, "{other}");
        }
    }
}
