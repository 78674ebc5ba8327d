//! The warning thresholds of a policy. Pure.

use crate::reader::{NAMED, shape::schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::borrow::Cow;

/// One threshold or several, in percent of the target, ascending. Serialised in the form in which it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WarningThresholds {
    /// One threshold.
    Once(i16),
    /// Several thresholds; never empty.
    Each(Vec<i16>),
}

impl WarningThresholds {
    /// The most thresholds.
    pub const MOST: usize = 10;
    const NAME: &str = "WarningThresholds";
    const ABOUT: &str =
        "One warning threshold in percent of a target, or several in ascending order.";

    fn any_of() -> Value {
        let percent = json!({
            "type": "integer",
            "minimum": 1,
            "maximum": 99,
            NAMED: {"name": "WarningThreshold", "description": "A warning threshold in percent of a target."},
        });
        let several = json!({
            "type": "array",
            "items": percent,
            "minItems": 1,
            "maxItems": Self::MOST,
            NAMED: {"name": "WarningThresholdList", "description": "Several warning thresholds in ascending order."},
        });
        json!([percent, several])
    }

    /// The JSON Schema for a reader, with its name.
    #[must_use]
    pub fn named_schema() -> Value {
        json!({"anyOf": Self::any_of(), NAMED: {"name": Self::NAME, "description": Self::ABOUT}})
    }
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

impl schemars::JsonSchema for WarningThresholds {
    fn schema_name() -> Cow<'static, str> {
        Self::NAME.into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schema(json!({"description": Self::ABOUT, "anyOf": Self::any_of()}))
    }
}
