//! The statistics of a period: their fields stand beside `success`, not in a field of their own.

use domain::stats::Stats;
use schemars::JsonSchema;
use serde::Serialize;

/// The statistics of the tickets that were created in a period.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Statistics")]
pub struct StatsView {
    /// Always true, as in every successful response.
    #[schemars(extend("const" = true))]
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
