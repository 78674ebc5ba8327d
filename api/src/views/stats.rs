//! The statistics of a period: their fields stand beside `success`, not in a field of their own.

use domain::stats::Stats;
use schemars::JsonSchema;
use serde::Serialize;

/// `GET /support/stats`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Stats")]
pub struct StatsView {
    /// Always true, as in every successful response.
    success: bool,
    #[serde(flatten)]
    stats: Stats,
}

impl From<Stats> for StatsView {
    fn from(stats: Stats) -> Self {
        Self {
            success: true,
            stats,
        }
    }
}
