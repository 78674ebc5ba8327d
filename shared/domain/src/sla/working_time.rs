//! Working time: all time, or the time of a business calendar. All measurements of clocks use the two
//! functions [`instant_after`] and [`between`], which are inverses. Pure.
//!
//! The calendar is walked in weeks where a week is plain (no holiday, one offset from UTC), otherwise in
//! days: years cost some hundred steps. Nothing here fails: an instant that is never reached is [`NEVER`].

use crate::sla::{
    Calendar,
    calendar::{DAY, SECOND, WEEK},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::ops::ControlFlow;

/// 9999-12-31, the last day of RFC 3339: later than any deadline.
const NEVER: i64 = 253_402_214_400 * SECOND;

/// The first instant at which `time` of working time has passed since `from`. A negative `time` counts as
/// zero.
#[must_use]
pub fn instant_after(
    calendar: Option<&Calendar>,
    from: DateTime<Utc>,
    time: TimeDelta,
) -> DateTime<Utc> {
    let time = time.num_microseconds().unwrap_or(i64::MAX).max(0);
    let at = from.timestamp_micros();
    let after = match calendar {
        Some(calendar) if time > 0 => calendar.after(at, time),
        Some(_) | None => at.saturating_add(time).min(NEVER),
    };
    DateTime::from_timestamp_micros(after.max(at)).unwrap_or(from)
}

/// The working time from one instant to a later one. Zero if the second is not later, so that a machine's
/// clock that was set back yields no negative time.
#[must_use]
pub fn between(calendar: Option<&Calendar>, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    let (from, to) = (from.timestamp_micros(), to.timestamp_micros());
    TimeDelta::microseconds(match calendar {
        Some(calendar) => calendar.between(from, to),
        None => to.saturating_sub(from).max(0),
    })
}

/// Instants are microseconds since 1970 in UTC; times are microseconds.
impl Calendar {
    fn between(&self, from: i64, to: i64) -> i64 {
        let (mut at, mut sum) = (from, 0);
        while at < to {
            let end = at.saturating_add(WEEK).min(to);
            if end - at == WEEK && self.is_plain(at, end) {
                sum += self.weekly();
            } else {
                let all: ControlFlow<()> = self.walk(at, end, |from, to| {
                    sum += to - from;
                    ControlFlow::Continue(())
                });
                debug_assert!(all.is_continue(), "nothing ends it");
            }
            at = end;
        }
        sum
    }

    fn after(&self, from: i64, time: i64) -> i64 {
        let (mut at, mut left) = (from, time);
        while at < NEVER && self.weekly() > 0 {
            let end = at.saturating_add(WEEK);
            if left > self.weekly() && self.is_plain(at, end) {
                left -= self.weekly();
            } else {
                let found = self.walk(at, end, |from, to| {
                    if to - from >= left {
                        return ControlFlow::Break(from + left);
                    }
                    left -= to - from;
                    ControlFlow::Continue(())
                });
                if let ControlFlow::Break(found) = found {
                    return found.min(NEVER);
                }
            }
            at = end;
        }
        NEVER
    }

    /// Whether the offset from UTC is the same at both instants, at most a week apart, with no holiday
    /// between them. All plain weeks have the same working time, whenever they begin. Comparing both ends is
    /// enough, since no zone changes its clocks twice within a week.
    fn is_plain(&self, from: i64, to: i64) -> bool {
        let offset = self.offset(from);
        let last_day = (to + offset - 1).div_euclid(DAY);
        offset == self.offset(to - SECOND)
            && !self.has_holiday((from + offset).div_euclid(DAY), last_day)
    }

    /// Visits the intervals of working time between two instants, at most a week apart, in order.
    fn walk<B>(
        &self,
        from: i64,
        to: i64,
        mut visit: impl FnMut(i64, i64) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let mut at = from;
        while at < to {
            let offset = self.offset(at);
            let end = self.change(at, to, offset).unwrap_or(to);
            let (local, local_end) = (at + offset, end + offset);
            let mut day = local.div_euclid(DAY);
            while day * DAY < local_end {
                for (from, to) in self.day(day) {
                    let from = (day * DAY + from).max(local);
                    let to = (day * DAY + to).min(local_end);
                    if from < to {
                        visit(from - offset, to - offset)?;
                    }
                }
                day += 1;
            }
            at = end;
        }
        ControlFlow::Continue(())
    }

    /// The first instant before `to` at which the offset from UTC is no longer `offset`. Zones change at
    /// whole seconds.
    fn change(&self, from: i64, to: i64, offset: i64) -> Option<i64> {
        let (mut before, mut after) = (from.div_euclid(SECOND), (to - 1).div_euclid(SECOND));
        if self.offset(after * SECOND) == offset {
            return None;
        }
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.offset(middle * SECOND) == offset {
                before = middle;
            } else {
                after = middle;
            }
        }
        Some(after * SECOND)
    }
}

#[cfg(test)]
pub(crate) mod tests;
