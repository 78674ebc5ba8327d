//! The ratings of a period. Pure.

use super::{
    InInterval,
    arithmetic::{Decimal, rounded},
};
use serde::Serialize;

/// How often tickets were rated with 1, 2, 3, 4 and 5 stars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings(pub [i64; 5]);

impl Ratings {
    /// The number of stars with how often they were given, from 1 on.
    fn stars(&self) -> impl DoubleEndedIterator<Item = (i16, i64)> {
        (1..=5).zip(self.0)
    }

    /// How many ratings there are.
    #[must_use]
    pub fn count(&self) -> i64 {
        self.0.iter().sum()
    }

    /// The average number of stars, as text with one decimal.
    #[must_use]
    pub fn mean(&self) -> Option<String> {
        let sum: i64 = self
            .stars()
            .map(|(stars, count)| i64::from(stars) * count)
            .sum();
        let tenths = rounded(sum.checked_mul(10)?, self.count())?;
        Some(Decimal::<1>(tenths).to_string())
    }
}

/// How requesters rated the resolution of their tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SatisfactionFigures {
    /// The average number of stars, as text with one decimal. It is null without ratings.
    pub satisfaction_rating: Option<String>,
    /// The number of ratings.
    #[schemars(range(min = 0))]
    pub rating_count: i64,
    /// The number of ratings with each number of stars, from 5 to 1.
    #[schemars(length(equal = 5))]
    pub rating_breakdown: Vec<StarCount>,
}

/// How often a number of stars was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct StarCount {
    /// The number of stars.
    #[serde(rename = "_id")]
    #[schemars(range(min = 1, max = 5))]
    pub stars: i16,
    /// The number of ratings with this number of stars.
    #[schemars(range(min = 0))]
    pub count: i64,
}

/// The report on the satisfaction of requesters of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SatisfactionReport {
    /// The whole period.
    #[serde(flatten)]
    pub figures: SatisfactionFigures,
    /// The same for each day, week or month. The list is empty if `interval` was not sent.
    pub intervals: Vec<InInterval<SatisfactionFigures>>,
}

impl SatisfactionFigures {
    /// The figures to show.
    #[must_use]
    pub fn of(ratings: &Ratings) -> Self {
        let counts = ratings
            .stars()
            .map(|(stars, count)| StarCount { stars, count });
        Self {
            satisfaction_rating: ratings.mean(),
            rating_count: ratings.count(),
            rating_breakdown: counts.rev().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_has_one_decimal_and_every_number_of_stars_is_listed() {
        let figures = SatisfactionFigures::of(&Ratings([1, 0, 0, 0, 3]));
        assert_eq!(figures.satisfaction_rating.as_deref(), Some("4.0"));
        assert_eq!(figures.rating_count, 4);
        let counts = figures.rating_breakdown.iter();
        let counts: Vec<_> = counts.map(|count| (count.stars, count.count)).collect();
        assert_eq!(counts, [(5, 3), (4, 0), (3, 0), (2, 0), (1, 1)]);
        assert_eq!(Ratings([0, 0, 0, 9, 11]).mean().as_deref(), Some("4.6"));
        assert_eq!(Ratings::default().mean(), None);
    }
}
