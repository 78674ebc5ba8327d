//! The query of the statistics: dates are days of a time zone, and a period consists of whole buckets. Pure.

use crate::{field_error::Constraint, ids::UserId, reader::QueryReader};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The length of a bucket, in seconds.
const BUCKET_SECONDS: i64 = 15 * 60;

/// The longest gap of a time zone's local time, in minutes: Samoa left out the whole of 30 December 2011.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

/// The figures that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// The period in which the tickets were created.
    pub range: Range,
    /// The agent; absent for the figures of all agents.
    pub agent: Option<UserId>,
}

/// A period of whole buckets. An absent beginning or end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Query {
    /// Reads the query; `None` where a parameter has an error: a date that is none, an unknown zone, an id of an
    /// agent that is none. An end before the start is a contradiction.
    pub fn read(query: &mut QueryReader) -> Option<Self> {
        query.mean(&[
            ("startDate", "The first day of the period, such as `2025-10-01`. Without it the period has no beginning."),
            ("endDate", "The last day of the period, which is included. Without it the period has no end."),
            ("timezone", "The time zone in which the days begin and end. The default is UTC."),
            ("agentId", "The id of the agent to whom `agentStats` is restricted. Without it they cover all agents."),
        ]);
        query.checks_last();
        let start = date(query, "startDate");
        let end = date(query, "endDate");
        let zone = zone(query);
        let agent = query.id("agentId");
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            let message = "must not be before startDate";
            query
                .errors()
                .contradict("endDate", "before_start", message);
        }
        let range = Range::of_days(start, end, zone?);
        Some(Self { range, agent })
    }
}

impl Range {
    /// All time.
    pub const ALL: Self = Self {
        from: None,
        until: None,
    };

    /// From the beginning of one day to the end of another, in a zone. An end within a bucket,
    /// where the zone's offset is no multiple of 15 minutes, moves to the bucket's beginning: no
    /// zone has had one since 1972.
    #[must_use]
    pub fn of_days(first: Option<NaiveDate>, last: Option<NaiveDate>, zone: Tz) -> Self {
        let start = |day: NaiveDate| day_start(day, zone).map(bucket_of);
        Self {
            from: first.and_then(start),
            until: last.and_then(|day| start(day.succ_opt()?)),
        }
    }

    /// The first instant, if there is one.
    #[must_use]
    pub const fn from(&self) -> Option<DateTime<Utc>> {
        self.from
    }

    /// The first instant after it, if there is one.
    #[must_use]
    pub const fn until(&self) -> Option<DateTime<Utc>> {
        self.until
    }
}

/// The bucket of an instant, named by its first instant.
#[must_use]
pub fn bucket_of(instant: DateTime<Utc>) -> DateTime<Utc> {
    let into_bucket = instant.timestamp().rem_euclid(BUCKET_SECONDS);
    let whole_seconds = instant.timestamp() - into_bucket;
    DateTime::from_timestamp(whole_seconds, 0).unwrap_or(instant)
}

/// Today in a zone: its first instant, and the first instant after it.
#[must_use]
pub fn today(now: DateTime<Utc>, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let day = now.with_timezone(&zone).date_naive();
    Some((day_start(day, zone)?, day_start(day.succ_opt()?, zone)?))
}

/// The first instant whose local date is that day, or a later day where the zone left it out. Where midnight
/// comes twice, the earlier one; where it is skipped, the end of the gap.
fn day_start(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=LONGEST_GAP_MINUTES)
        .find_map(|minutes| {
            let local = midnight.checked_add_signed(TimeDelta::minutes(minutes))?;
            zone.from_local_datetime(&local).earliest()
        })
        .map(|start| start.with_timezone(&Utc))
}

fn date(query: &mut QueryReader, field: &str) -> Option<NaiveDate> {
    let text = query.text(field);
    query.errors().ask(field, Constraint::Format("date"));
    let text = text?;
    // Written back and compared, since the parser also takes `2025-1-1` and `+2025-01-01`. Years
    // that PostgreSQL does not have are longer.
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .filter(|date| text.len() == 10 && date.to_string() == text);
    if date.is_none() {
        let message = "must be a date, such as 2025-10-01";
        query.errors().add(field, "invalid_date", message);
    }
    date
}

fn zone(query: &mut QueryReader) -> Option<Tz> {
    let field = "timezone";
    let name = query.text(field);
    let errors = query.errors();
    errors.ask(field, Constraint::TimeZone);
    let Some(name) = name else {
        return Some(Tz::UTC);
    };
    let zone = name.parse().ok();
    if zone.is_none() {
        let message = "must be the name of an IANA time zone, such as Africa/Nairobi";
        errors.add(field, "unknown_timezone", message);
    }
    zone
}

#[cfg(test)]
mod tests;
