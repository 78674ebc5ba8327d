//! The days, weeks or months that a question asks for.

use crate::{
    error::ActionError,
    stats::store::{self, Counted},
};
use chrono::{DateTime, Utc};
use domain::{
    field_error::FieldError,
    stats::{Days, Question, Range, TooManyIntervals},
};
use platform::context::Context;
use sqlx::PgConnection;

/// The instants at which intervals begin, and the first instants after them.
pub(super) struct Parts {
    pub begins: Vec<DateTime<Utc>>,
    pub ends: Vec<DateTime<Utc>>,
}

/// An interval of the question.
pub(super) struct Part {
    pub days: Days,
    pub begin: DateTime<Utc>,
    pub end: DateTime<Utc>,
}

/// The intervals of a question; none where it asks for none.
pub(super) async fn intervals(
    cx: &Context,
    tx: &mut PgConnection,
    question: &Question,
) -> Result<Vec<Part>, ActionError> {
    let Some(interval) = question.interval else {
        return Ok(Vec::new());
    };
    let now = cx.clock.now();
    let earliest = store::earliest(tx).await?.unwrap_or(now);
    let days = question.period.intervals(interval, earliest, now);
    let days = days.map_err(|error: TooManyIntervals| too_many(&error.to_string()))?;
    let zone = question.period.zone;
    let parts = days.into_iter().filter_map(|days| {
        Some(Part {
            days,
            begin: days.begin(zone)?,
            end: days.end(zone)?,
        })
    });
    Ok(parts.collect())
}

/// The refusal of a question with too large an answer.
pub(super) fn too_many(message: &str) -> ActionError {
    ActionError::Invalid(vec![FieldError {
        field: "interval".to_owned(),
        code: "too_many",
        message: message.to_owned(),
    }])
}

/// The instants of intervals.
pub(super) fn in_intervals(intervals: &[Part]) -> Parts {
    Parts {
        begins: intervals.iter().map(|part| part.begin).collect(),
        ends: intervals.iter().map(|part| part.end).collect(),
    }
}

/// The tickets that were created in the intervals.
pub(super) fn within<'a>(of: Counted<'a>, parts: &Parts) -> Counted<'a> {
    let range = Range {
        from: parts.begins.first().copied(),
        until: parts.ends.last().copied(),
    };
    Counted { range, ..of }
}
