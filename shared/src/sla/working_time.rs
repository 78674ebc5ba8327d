//! What time counts. Every minute does: the house works around the clock. Everything that
//! measures a clock goes through these two functions, which undo each other. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// The instant at which `time` of working time has gone by since `from`.
pub(super) fn instant_after(from: DateTime<Utc>, time: TimeDelta) -> DateTime<Utc> {
    from.checked_add_signed(time)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The working time from one instant to a later one; none when the second is not later, so that
/// a machine's clock that was set back takes nothing away.
pub(super) fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    (to - from).max(TimeDelta::zero())
}
