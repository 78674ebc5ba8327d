//! After which shares of a target warnings are given. Pure.

use serde::{Deserialize, Serialize};

/// One share or several, in percent, ascending; written back as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum WarningThresholds {
    /// One warning.
    Once(i16),
    /// One warning at each.
    Each(Vec<i16>),
}

impl WarningThresholds {
    /// The share from which on a clock is at risk.
    #[must_use]
    pub fn first(&self) -> i16 {
        match self {
            Self::Once(percent) => *percent,
            // Nobody is let to send an empty list.
            Self::Each(percents) => percents.first().copied().unwrap_or(100),
        }
    }

    /// The shares after the first.
    #[must_use]
    pub fn further(&self) -> &[i16] {
        match self {
            Self::Once(_) => &[],
            Self::Each(percents) => percents.get(1..).unwrap_or(&[]),
        }
    }
}
