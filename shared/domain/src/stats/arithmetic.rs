//! Averages and shares: whole numbers until the last step, so that the same tickets give the same figures in whatever order
//! they were added up. Halves round up. Pure.

use std::fmt;

const MILLIS_PER_MINUTE: i64 = 60_000;

/// A number with `PLACES` decimals: what is kept is the number times 10^`PLACES`.
pub(super) struct Decimal<const PLACES: u32>(pub i64);

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_i64.pow(PLACES);
        let width = usize::try_from(PLACES).unwrap_or_default();
        write!(f, "{}.{:0width$}", self.0 / one, self.0 % one)
    }
}

/// The average of `count` durations in minutes; `None` without any.
pub(super) fn minutes(millis: i64, count: i64) -> Option<i64> {
    rounded(millis, count.checked_mul(MILLIS_PER_MINUTE)?)
}

/// The share of a whole in percent, with two decimals; `None` of nothing.
pub(super) fn percent(part: i64, whole: i64) -> Option<String> {
    rounded(part.checked_mul(100 * 100)?, whole)
        .map(|hundredths| Decimal::<2>(hundredths).to_string())
}

/// The quotient of two numbers that are not negative, to the nearest whole number; `None` of nothing.
pub(super) fn rounded(dividend: i64, divisor: i64) -> Option<i64> {
    dividend.checked_add(divisor / 2)?.checked_div(divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_round_up_and_decimals_are_always_written() {
        assert_eq!(minutes(90_000, 1), Some(2));
        assert_eq!(minutes(89_999, 1), Some(1));
        assert_eq!(minutes(0, 0), None);
        assert_eq!(percent(37, 40).as_deref(), Some("92.50"));
        assert_eq!(percent(40, 40).as_deref(), Some("100.00"));
        assert_eq!(percent(0, 40).as_deref(), Some("0.00"));
        assert_eq!(percent(0, 0), None);
    }
}
