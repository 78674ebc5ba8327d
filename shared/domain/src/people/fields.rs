//! The formats of addresses, numbers, languages and the like. Each function notes an error of the field, or
//! returns the value; absence is an error only where the doc says "required". Pure.

use crate::field_error::{Constraint, FieldErrors};
use chrono::NaiveTime;
use chrono_tz::Tz;
use std::ops::RangeInclusive;

/// Whether `24:00` is a valid time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndOfDay {
    /// It is valid, and is stored as midnight.
    Included,
    /// It is not valid.
    Excluded,
}

/// The value, or an error of the field where `passes` refuses it.
fn checked(
    errors: &mut FieldErrors,
    field: &str,
    text: Option<&str>,
    passes: impl Fn(&str) -> bool,
    must: (&'static str, &str),
) -> Option<String> {
    let text = text?;
    if passes(text) {
        return Some(text.to_owned());
    }
    errors.add(field, must.0, must.1);
    None
}

/// An e-mail address of at most 254 characters, without the space that a phone adds around it; required.
pub fn email(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<String> {
    if text.is_none() {
        errors.required(field);
    }
    optional_email(errors, field, text)
}

/// As [`email`], or absent.
pub fn optional_email(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<String> {
    errors.ask(field, Constraint::Format("email"));
    let must = "must be an e-mail address, such as name@example.com";
    let text = text.map(str::trim);
    checked(errors, field, text, is_email, ("invalid_email", must))
}

/// A phone number in the format of E.164: `+`, country code and number, 7 to 15 digits; required.
pub fn phone(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<String> {
    if text.is_none() {
        errors.required(field);
    }
    optional_phone(errors, field, text)
}

/// As [`phone`], or absent.
pub fn optional_phone(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<String> {
    errors.ask(field, Constraint::pattern(r"^\+[1-9][0-9]{6,14}$"));
    let must = "must be a number with its country code, such as +254712345678";
    checked(errors, field, text, is_phone, ("invalid_phone", must))
}

/// A language, such as `en` or `en-GB`.
pub fn language(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<String> {
    errors.ask(field, Constraint::pattern("^[a-z]{2,3}(-[A-Z]{2})?$"));
    let must = "must be a language code, such as en or en-GB";
    checked(errors, field, text, is_language, ("invalid_language", must))
}

/// Up to 20 languages.
pub fn languages(errors: &mut FieldErrors, field: &str, texts: &[Option<String>]) -> Vec<String> {
    at_most_20(errors, field, texts, language)
}

/// Up to 20 words of 1 to 50 characters.
pub fn words(errors: &mut FieldErrors, field: &str, texts: &[Option<String>]) -> Vec<String> {
    at_most_20(errors, field, texts, |errors, field, text| {
        errors.optional_text(field, text, 1, 50)
    })
}

fn at_most_20(
    errors: &mut FieldErrors,
    field: &str,
    texts: &[Option<String>],
    read: impl Fn(&mut FieldErrors, &str, Option<&str>) -> Option<String>,
) -> Vec<String> {
    errors.entries(field, texts.len(), 20);
    let entries = texts.iter().enumerate();
    let entries =
        entries.filter_map(|(at, text)| read(errors, &format!("{field}[{at}]"), text.as_deref()));
    entries.collect()
}

/// A time zone of the IANA database.
pub fn timezone(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<Tz> {
    errors.ask(field, Constraint::TimeZone);
    let zone = text?.parse().ok();
    if zone.is_none() {
        let must = "must be a time zone, such as Africa/Nairobi";
        errors.add(field, "invalid_timezone", must);
    }
    zone
}

/// The company's number of an agent. It is one word, because notes mention it after an `@`.
pub fn employee_id(errors: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<String> {
    errors.ask(field, Constraint::pattern("^[A-Za-z0-9._-]{1,50}$"));
    let must = "must have 1 to 50 letters, digits, dots, dashes or underscores";
    checked(
        errors,
        field,
        text,
        is_employee_id,
        ("invalid_employee_id", must),
    )
}

/// A time of day as `HH:MM`; required.
pub fn time_of_day(
    errors: &mut FieldErrors,
    field: &str,
    text: Option<&str>,
    end_of_day: EndOfDay,
) -> Option<NaiveTime> {
    errors.ask(
        field,
        Constraint::pattern(match end_of_day {
            EndOfDay::Included => "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
            EndOfDay::Excluded => "^([01][0-9]|2[0-3]):[0-5][0-9]$",
        }),
    );
    let Some(text) = text else {
        errors.required(field);
        return None;
    };
    if end_of_day == EndOfDay::Included && text == "24:00" {
        return Some(NaiveTime::MIN);
    }
    let time = (text.len() == 5)
        .then(|| NaiveTime::parse_from_str(text, "%H:%M").ok())
        .flatten();
    if time.is_none() {
        errors.add(
            field,
            "invalid_time",
            "must be a time of day, such as 08:00",
        );
    }
    time
}

/// A whole number within bounds.
pub fn within(
    errors: &mut FieldErrors,
    field: &str,
    number: Option<i64>,
    range: RangeInclusive<i32>,
) -> Option<i32> {
    let range = i64::from(*range.start())..=i64::from(*range.end());
    errors
        .integer(field, number, range)
        .and_then(|number| i32::try_from(number).ok())
}

/// Names and domains of addresses in practical use: no quoted names, no address literals.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte))
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 254
        && name.len() <= 64
        && name.split('.').all(word)
        && domain.split('.').all(label)
        && (domain.contains('.') || domain.eq_ignore_ascii_case("localhost"))
}

pub(crate) fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_language(text: &str) -> bool {
    let (language, region) = text
        .split_once('-')
        .map_or((text, None), |(language, region)| (language, Some(region)));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && region.is_none_or(|region| {
            region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase())
        })
}

fn is_employee_id(text: &str) -> bool {
    (1..=50).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_text() {
        for good in [
            "sarah.support@baitech.com",
            "a+b@x-y.co.ke",
            "root@localhost",
            "o'brien@example.ie",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "@",
            "a@",
            "@b.c",
            "a b@c.d",
            "a@b",
            "a@b..c",
            ".a@b.c",
            "a@-b.c",
            "a@b.c\r\nBcc: d@e.f",
            "a@b@c.d",
            "a\0@b.c",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
        assert!(!is_email(&format!("{}@b.c", "a".repeat(65))));
        assert!(!is_email(&format!("a@{}c", "b.".repeat(130))));
    }

    #[test]
    fn phone_numbers_are_e_164() {
        assert!(is_phone("+254712345678"));
        for bad in [
            "254712345678",
            "+0712345678",
            "+254 712",
            "+",
            "+1234567890123456",
        ] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn languages_are_codes() {
        assert!(
            ["en", "sw", "fr", "en-GB", "luo"]
                .into_iter()
                .all(is_language)
        );
        assert!(
            !["", "e", "EN", "english", "en-", "en-gb", "en_GB"]
                .into_iter()
                .any(is_language)
        );
    }

    #[test]
    fn the_day_ends_at_24_and_begins_at_0() {
        let time = |text, end| time_of_day(&mut FieldErrors::new(), "x", Some(text), end);
        assert_eq!(time("24:00", EndOfDay::Included), Some(NaiveTime::MIN));
        assert_eq!(time("24:00", EndOfDay::Excluded), None);
        assert_eq!(
            time("08:00", EndOfDay::Excluded),
            NaiveTime::from_hms_opt(8, 0, 0)
        );
        assert_eq!(time("8:00", EndOfDay::Excluded), None);
    }
}
