//! The limits of a schema in words. Pure.

use serde_json::Value;

/// Numbers that only say how wide the integer is that holds a value.
const WIDEST: f64 = 2_147_483_647.0;
/// A longer pattern helps no reader, nor does one with escapes. The document has them.
const LONGEST_PATTERN: usize = 60;

/// The limits of a value of this schema.
pub(super) fn limits(schema: &Value) -> Vec<String> {
    let of = |key: &str| schema.get(key);
    let ranges = [
        range(of("minLength"), of("maxLength"), Some("character")),
        range(of("minItems"), of("maxItems"), Some("entries")),
        range(of("minProperties"), of("maxProperties"), Some("entries")),
        range(of("minimum"), of("maximum"), None),
        range(of("exclusiveMinimum"), None, None)
            .map(|limit| limit.replace("at least", "more than")),
        range(None, of("exclusiveMaximum"), None)
            .map(|limit| limit.replace("at most", "less than")),
    ];
    let multiple = of("multipleOf").map(|of| format!("a multiple of {of}"));
    let unique = of("uniqueItems").filter(|unique| **unique == true);
    let pattern = of("pattern").and_then(Value::as_str);
    let is_short = |pattern: &&str| pattern.len() <= LONGEST_PATTERN && !pattern.contains('\\');
    let pattern = pattern.filter(is_short);
    ranges
        .into_iter()
        .flatten()
        .chain(multiple)
        .chain(unique.map(|_| "no entry twice".to_owned()))
        .chain(pattern.map(|pattern| format!("matches {pattern}")))
        .collect()
}

fn range(low: Option<&Value>, high: Option<&Value>, unit: Option<&str>) -> Option<String> {
    let is_limit = |bound: &&Value| bound.as_f64().is_some_and(|bound| bound.abs() < WIDEST);
    let (low, high) = (low.filter(is_limit), high.filter(is_limit));
    // "At least 0" of a length or a count says nothing.
    let low = low.filter(|low| unit.is_none() || low.as_f64() != Some(0.0));
    let of_unit = |number: &Value| match unit {
        None => String::new(),
        Some("entries") if number.as_f64() == Some(1.0) => " entry".to_owned(),
        Some("entries") => " entries".to_owned(),
        Some(unit) if number.as_f64() == Some(1.0) => format!(" {unit}"),
        Some(unit) => format!(" {unit}s"),
    };
    match (low, high) {
        (None, None) => None,
        (Some(low), Some(high)) if low == high => {
            Some(format!("exactly {}{}", shown(low), of_unit(low)))
        }
        (Some(low), Some(high)) => Some(format!(
            "{} to {}{}",
            shown(low),
            shown(high),
            of_unit(high)
        )),
        (Some(low), None) => Some(format!("at least {}{}", shown(low), of_unit(low))),
        (None, Some(high)) => Some(format!("at most {}{}", shown(high), of_unit(high))),
    }
}

/// A number with a narrow space between thousands.
fn shown(number: &Value) -> String {
    let digits = number.to_string();
    let (whole, rest) = digits
        .split_once('.')
        .map_or((digits.as_str(), ""), |(whole, _)| {
            (whole, &digits[whole.len()..])
        });
    if whole.trim_start_matches('-').len() <= 4 {
        return digits;
    }
    let mut grouped = String::new();
    for (at, digit) in whole.char_indices() {
        let is_group = at > 0 && (whole.len() - at).is_multiple_of(3) && !grouped.ends_with('-');
        if is_group {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn limits_are_told_in_words() {
        for (schema, words) in [
            (
                json!({"minLength": 1, "maxLength": 20000}),
                "1 to 20\u{202f}000 characters",
            ),
            (
                json!({"minLength": 0, "maxLength": 5}),
                "at most 5 characters",
            ),
            (json!({"minItems": 1}), "at least 1 entry"),
            (json!({"minimum": 1, "maximum": 5}), "1 to 5"),
            (json!({"minimum": 0}), "at least 0"),
            (
                json!({"maxLength": 2, "minLength": 2}),
                "exactly 2 characters",
            ),
            (json!({"exclusiveMinimum": 0}), "more than 0"),
            (json!({"pattern": "^[a-z]+$"}), "matches ^[a-z]+$"),
        ] {
            assert_eq!(limits(&schema), [words], "{schema}");
        }
    }

    #[test]
    fn the_width_of_an_integer_is_no_limit() {
        assert_eq!(
            limits(&json!({"minimum": 0, "maximum": 9_223_372_036_854_775_807_i64})),
            ["at least 0"]
        );
        assert_eq!(limits(&json!({"maximum": 2_147_483_647})), [""; 0]);
        assert_eq!(limits(&json!({"pattern": "x".repeat(99)})), [""; 0]);
        assert_eq!(limits(&json!({"pattern": r"^[^\u0000]*$"})), [""; 0]);
    }
}
