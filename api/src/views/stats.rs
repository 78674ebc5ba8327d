//! The figures of a period as they are answered: beside the flag of every answer, not below it.

use domain::stats::Stats;
use schemars::JsonSchema;
use serde::Serialize;

/// `GET /support/stats`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Stats")]
pub struct StatsView {
    /// Always true: the flag of every answer.
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
