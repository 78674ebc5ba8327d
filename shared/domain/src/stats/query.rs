//! From the words of a query to a period: dates are days of a time zone, and a period is made of
//! whole buckets. Pure.

use crate::{
    field_error::{Constraint, FieldErrors},
    ids::UserId,
};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The length of a bucket, in seconds.
const BUCKET_SECONDS: i64 = 15 * 60;

/// The longest stretch that a clock has ever been put forward by, in minutes: Samoa left out the
/// whole of 30 December 2011.
const LONGEST_GAP_MINUTES: i64 = 24 * 60;

/// The query as it was sent.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueryFields {
    /// First day, `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    pub end_date: Option<String>,
    /// The zone whose days they are, by its IANA name; UTC when absent.
    pub timezone: Option<String>,
    /// The agent whose figures are wanted.
    pub agent_id: Option<String>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    /// The period in which the tickets were created.
    pub range: Range,
    /// Whose figures; absent for those of all agents.
    pub agent: Option<UserId>,
}

/// A period of whole buckets. An absent end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Query {
    /// Parses the whole query.
    ///
    /// At fault are dates that are none, an end before the start, an unknown zone, an agent's id that
    /// is none.
    pub fn parse(fields: &QueryFields, faults: &mut FieldErrors) -> Option<Self> {
        let start = date(faults, "startDate", fields.start_date.as_deref());
        let end = date(faults, "endDate", fields.end_date.as_deref());
        let zone = zone(faults, fields.timezone.as_deref());
        let agent = agent(faults, fields.agent_id.as_deref());
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            faults.contradict("endDate", "before_start", "must not be before startDate");
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

/// The bucket of an instant, named by its first.
pub fn bucket_of(instant: DateTime<Utc>) -> DateTime<Utc> {
    let into_bucket = instant.timestamp().rem_euclid(BUCKET_SECONDS);
    let whole_seconds = instant.timestamp() - into_bucket;
    DateTime::from_timestamp(whole_seconds, 0).unwrap_or(instant)
}

/// The day that is today in a zone: its first instant, and the first after it.
pub fn today(now: DateTime<Utc>, zone: Tz) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let day = now.with_timezone(&zone).date_naive();
    Some((day_start(day, zone)?, day_start(day.succ_opt()?, zone)?))
}

/// The first instant whose local date is that day, or a later one where the zone left the day
/// out. Where midnight comes twice it is the earlier, where it is skipped the end of the gap.
fn day_start(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=LONGEST_GAP_MINUTES)
        .find_map(|minutes| {
            let local = midnight.checked_add_signed(TimeDelta::minutes(minutes))?;
            zone.from_local_datetime(&local).earliest()
        })
        .map(|start| start.with_timezone(&Utc))
}

fn date(faults: &mut FieldErrors, field: &str, text: Option<&str>) -> Option<NaiveDate> {
    faults.ask(field, Constraint::Format("date"));
    let text = text?;
    // Written back and compared, since the parser also takes `2025-1-1` and `+2025-01-01`. Years
    // that no database has are longer.
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| text.len() == 10 && date.to_string() == text);
    if date.is_none() {
        faults.add(field, "invalid_date", "must be a date, such as 2025-10-01");
    }
    date
}

fn zone(faults: &mut FieldErrors, name: Option<&str>) -> Option<Tz> {
    faults.ask("timezone", Constraint::TimeZone);
    let Some(name) = name else {
        return Some(Tz::UTC);
    };
    let zone = name.parse().ok();
    if zone.is_none() {
        faults.add(
            "timezone",
            "unknown_timezone",
            "must be the name of an IANA time zone, such as Africa/Nairobi",
        );
    }
    zone
}

fn agent(faults: &mut FieldErrors, id: Option<&str>) -> Option<UserId> {
    faults.id("agentId", id)
}

#[cfg(test)]
mod tests;
