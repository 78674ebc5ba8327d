//! Instants as the API writes them: RFC 3339 in UTC with milliseconds, `2025-10-01T08:30:00.000Z`.
//! For `#[serde(with = "crate::time_format")]`, and `crate::time_format::option` for an instant that
//! may be absent. Pure.

use chrono::{DateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// The instant as text, cut off to milliseconds.
#[must_use]
pub fn text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads an instant of RFC 3339 with any offset. It is cut off to
/// microseconds, the precision of PostgreSQL.
#[must_use]
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    let instant = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    Some(instant.trunc_subsecs(6))
}

/// Writes an instant.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(instant: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&text(*instant))
}

/// Reads an instant.
///
/// # Errors
/// The text is no instant of RFC 3339.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).ok_or_else(|| D::Error::custom("must be an instant such as 2025-10-01T08:30:00Z"))
}

/// The same for an instant that may be absent: null. Reading needs `#[serde(default)]` beside it
/// where the field itself may be missing.
pub mod option {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes an instant, or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        instant: &Option<DateTime<Utc>>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match instant {
            Some(instant) => crate::time_format::serialize(instant, to),
            None => to.serialize_none(),
        }
    }

    /// Reads an instant, or null.
    ///
    /// # Errors
    /// The text is no instant of RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        Option::<String>::deserialize(from)?
            .map(|text| {
                crate::time_format::parse(&text).ok_or_else(|| {
                    D::Error::custom("must be an instant such as 2025-10-01T08:30:00Z")
                })
            })
            .transpose()
    }
}

/// The JSON Schema of an instant: `#[schemars(with = "Instant")]`.
pub struct Instant;

impl schemars::JsonSchema for Instant {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date-time"})
    }
}

/// A day, as JSON has it.
#[derive(Debug, Clone, Copy)]
pub struct Day;

impl schemars::JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date"})
    }
}

/// A time of day, as JSON has it.
#[derive(Debug, Clone, Copy)]
pub struct ClockTime;

impl schemars::JsonSchema for ClockTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClockTime".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"})
    }
}

/// The schema of the name of a time zone.
#[must_use]
pub fn zone_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({"$ref": "#/components/schemas/TimeZone"})
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Datelike;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_as_the_millisecond_it_was(
            micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000,
        ) {
            let at = DateTime::from_timestamp_micros(micros).unwrap();
            let millisecond = at.trunc_subsecs(3);
            prop_assert_eq!(parse(&text(at)), Some(millisecond));
        }

        #[test]
        fn whatever_is_read_as_an_instant_reads_alike_when_it_is_written(
            words in prop_oneof![
                "\\PC{0,40}",
                "[-+:.TZtz0-9 ]{0,40}",
                "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{1,12})?([Zz]|[-+][0-2][0-9]:[0-5][0-9])",
            ],
        ) {
            // Offsets lead beyond the years that have four digits.
            if let Some(at) = parse(&words).filter(|at| (1..9_999).contains(&at.year())) {
                let written = parse(&text(at));
                prop_assert_eq!(written, Some(at.trunc_subsecs(3)));
            }
        }
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    struct Sample {
        #[serde(with = "crate::time_format")]
        at: DateTime<Utc>,
        #[serde(default, with = "crate::time_format::option")]
        end: Option<DateTime<Utc>>,
    }

    #[test]
    fn an_instant_is_written_in_utc_with_milliseconds() {
        let at = DateTime::from_timestamp_micros(1_759_307_400_000_999).unwrap();
        let json = serde_json::to_string(&Sample { at, end: None }).unwrap();
        assert_eq!(json, r#"{"at":"2025-10-01T08:30:00.000Z","end":null}"#);
        let json = serde_json::to_string(&Sample { at, end: Some(at) }).unwrap();
        assert!(json.ends_with(r#""end":"2025-10-01T08:30:00.000Z"}"#));
    }

    #[test]
    fn an_instant_is_read_from_any_offset_to_the_microsecond() {
        let sample: Sample =
            serde_json::from_str(r#"{"at":"2025-10-01T11:30:00.1234567+03:00"}"#).unwrap();
        let expected = DateTime::from_timestamp_micros(1_759_307_400_123_456).unwrap();
        assert_eq!((sample.at, sample.end), (expected, None));
        assert!(serde_json::from_str::<Sample>(r#"{"at":"2025-10-01"}"#).is_err());
    }
}
