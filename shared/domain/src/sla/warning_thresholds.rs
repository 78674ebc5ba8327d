//! The warning thresholds of a policy. Pure.

use serde::{Deserialize, Serialize};

/// One threshold or several, in percent of the target, ascending. Serialised in the form in which it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum WarningThresholds {
    /// One threshold.
    Once(i16),
    /// Several thresholds; never empty.
    Each(Vec<i16>),
}

impl WarningThresholds {
    /// The first threshold, from which a clock is at risk.
    #[must_use]
    pub fn first(&self) -> i16 {
        match self {
            Self::Once(percent) => *percent,
            // Input rejects an empty list.
            Self::Each(percents) => percents.first().copied().unwrap_or(100),
        }
    }

    /// The thresholds after the first.
    #[must_use]
    pub fn further(&self) -> &[i16] {
        match self {
            Self::Once(_) => &[],
            Self::Each(percents) => percents.get(1..).unwrap_or(&[]),
        }
    }
}
