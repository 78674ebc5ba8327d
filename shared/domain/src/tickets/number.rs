//! Ticket numbers: `TKT-<unix seconds>-<sequence, at least 6 digits>`. Pure.

use chrono::{DateTime, Utc};
use std::fmt;

/// Pattern of a ticket key: an id or a number.
pub const TICKET_KEY: &str =
    "^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|TKT-[0-9]{1,12}-[0-9]{6,12})$";

/// A ticket number.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
#[serde(transparent)]
#[schemars(inline)]
pub struct TicketNumber(String);

impl TicketNumber {
    /// The number of a ticket created at `at` as the `sequence`-th one.
    #[must_use]
    pub fn new(at: DateTime<Utc>, sequence: i64) -> Self {
        Self(format!("TKT-{}-{sequence:06}", at.timestamp()))
    }

    /// Parses a number; `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (seconds, sequence) = text.strip_prefix("TKT-")?.split_once('-')?;
        let digits = |part: &str, least: usize| {
            (least..=19).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        (digits(seconds, 1) && digits(sequence, 6)).then(|| Self(text.to_owned()))
    }

    /// The sequence: the ticket was created as that many-th one.
    #[must_use]
    pub fn sequence(&self) -> i64 {
        let sequence = self.0.rsplit('-').next();
        sequence.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_that_was_printed_reads_as_itself(
            seconds in 0_i64..1_000_000_000_000, sequence in 1_i64..=i64::MAX,
        ) {
            let number = TicketNumber::new(DateTime::from_timestamp(seconds, 0).unwrap(), sequence);
            prop_assert_eq!(TicketNumber::parse(number.as_str()), Some(number.clone()));
            prop_assert_eq!(number.to_string(), number.as_str());
            prop_assert_eq!(number.sequence(), sequence);
        }

        #[test]
        fn any_text_is_refused_as_a_number_or_prints_as_it_was(
            text in prop_oneof!["\\PC{0,30}", "(TKT-)?[-0-9]{0,45}", "TKT-[0-9]{0,22}-[0-9\u{660}-\u{669}]{0,22}"],
        ) {
            if let Some(number) = TicketNumber::parse(&text) {
                prop_assert_eq!(number.as_str(), text);
            }
        }
    }

    #[test]
    fn a_number_names_the_second_and_at_least_six_digits_of_sequence() {
        let at = DateTime::from_timestamp(1_728_563_421, 0).unwrap();
        assert_eq!(TicketNumber::new(at, 1).as_str(), "TKT-1728563421-000001");
        assert_eq!(
            TicketNumber::new(at, 12_345_678).as_str(),
            "TKT-1728563421-12345678"
        );
    }

    #[test]
    fn only_numbers_are_read_as_numbers() {
        assert!(TicketNumber::parse("TKT-1728563421-000001").is_some());
        for text in [
            "",
            "TKT-",
            "TKT-1-1",
            "tkt-1728563421-000001",
            "TKT-1728563421-00000x",
            "TKT-1-2-3",
        ] {
            assert_eq!(TicketNumber::parse(text), None, "{text}");
        }
    }
}
