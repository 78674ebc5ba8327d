//! The answers to questions for statistics. The caller checks the permission: they are for admins.

use crate::{
    error::ActionError,
    stats::store::{self, Cell, Counted, GroupBy, rows},
};
use chrono::{DateTime, Utc};
use domain::{
    field_error::FieldError,
    stats::{
        AgentFigures, BacklogReport, Days, Figures, InInterval, PrioritySla, Question, Range,
        Ratings, SatisfactionFigures, SatisfactionReport, SlaFigures, SlaReport, Stats,
        StatsFilter, TicketFigures, TooManyIntervals,
    },
    tickets::Priority,
};
use platform::context::Context;
use sqlx::PgConnection;
use std::{cmp::Reverse, collections::BTreeMap};

/// The most figures of groups in intervals that one answer has: 300 agents in a month of days.
const MOST_CELLS: usize = 10_000;

/// The answer to a question.
#[derive(Debug)]
pub struct Answer<T> {
    /// The figures.
    pub figures: T,
    /// Every change until this instant is counted; `None` before the figures were computed for the first time.
    pub as_of: Option<DateTime<Utc>>,
}

/// What was counted of one group of tickets.
#[derive(Debug, Default)]
pub struct Entry {
    /// What the tickets have in common: an id or a word, empty for all tickets.
    pub key: String,
    /// What was counted.
    pub figures: Figures,
    /// Its ratings.
    pub ratings: Ratings,
    /// The same for each interval of the question.
    pub intervals: Vec<(Days, Figures, Ratings)>,
}

impl Entry {
    /// The figures to show, of the whole period and of each interval.
    #[must_use]
    pub fn shown(&self) -> (TicketFigures, Vec<InInterval<TicketFigures>>) {
        let intervals = self.intervals.iter().map(|(days, figures, ratings)| {
            InInterval::of(*days, TicketFigures::of(figures, ratings))
        });
        (
            TicketFigures::of(&self.figures, &self.ratings),
            intervals.collect(),
        )
    }
}

/// The statistics as a whole. The agent of the question narrows only [`Stats::agent_stats`]: to the tickets of this agent,
/// instead of all assigned tickets.
///
/// # Errors
/// There would be too many intervals; the database failed.
pub async fn stats(cx: &Context, question: &Question) -> Result<Answer<Stats>, ActionError> {
    let mut tx = store::snapshot(&cx.pool).await?;
    let intervals = intervals(cx, &mut tx, question).await?;
    let assigned = Counted {
        range: question.period.range(),
        filter: &question.filter,
        assigned: true,
    };
    let everybody = StatsFilter {
        agent: None,
        ..question.filter.clone()
    };
    let all = Counted {
        filter: &everybody,
        assigned: false,
        ..assigned
    };
    let groups = store::groups(&mut tx, all).await?;
    let agents = entry(&mut tx, assigned).await?;
    let by_interval = if question.interval.is_some() {
        let entries = entries(&mut tx, all, GroupBy::Nothing, &intervals).await?;
        let entry = entries.first();
        Some(entry.map(|entry| entry.shown().1).unwrap_or_default())
    } else {
        None
    };
    let as_of = rows::as_of(&mut tx).await?;
    let agents = AgentFigures::of(&agents.figures, &agents.ratings);
    Ok(Answer {
        figures: Stats::of(&groups, agents, by_interval),
        as_of,
    })
}

/// The figures of groups of tickets: of those that have tickets or ratings, that with the most tickets first.
///
/// # Errors
/// There would be too many intervals; the database failed.
pub async fn report(
    cx: &Context,
    question: &Question,
    by: GroupBy,
) -> Result<Answer<Vec<Entry>>, ActionError> {
    let mut tx = store::snapshot(&cx.pool).await?;
    let intervals = intervals(cx, &mut tx, question).await?;
    let of = Counted {
        range: question.period.range(),
        filter: &question.filter,
        assigned: false,
    };
    let entries = entries(&mut tx, of, by, &intervals).await?;
    if entries.len() * intervals.len() > MOST_CELLS {
        return Err(too_many(&format!(
            "must not give more than {MOST_CELLS} figures: send a longer interval, a shorter period, or a filter"
        )));
    }
    let as_of = rows::as_of(&mut tx).await?;
    Ok(Answer {
        figures: entries,
        as_of,
    })
}

/// How the deadlines of a period's tickets were met.
///
/// # Errors
/// There would be too many intervals; the database failed.
pub async fn sla(cx: &Context, question: &Question) -> Result<Answer<SlaReport>, ActionError> {
    let mut tx = store::snapshot(&cx.pool).await?;
    let intervals = intervals(cx, &mut tx, question).await?;
    let of = Counted {
        range: question.period.range(),
        filter: &question.filter,
        assigned: false,
    };
    let all = entries(&mut tx, of, GroupBy::Nothing, &intervals).await?;
    let all = all.into_iter().next().unwrap_or_default();
    let priorities = store::figures(&mut tx, of, GroupBy::Priority, &[]).await?;
    let priorities = Priority::ALL.iter().rev().filter_map(|priority| {
        let cell = priorities
            .iter()
            .find(|cell| cell.key == priority.as_str())?;
        Some(PrioritySla {
            priority: *priority,
            figures: SlaFigures::of(&cell.counted),
        })
    });
    let shown = all.intervals.iter();
    let figures = SlaReport {
        figures: SlaFigures::of(&all.figures),
        priorities: priorities.collect(),
        intervals: shown
            .map(|(days, figures, _)| InInterval::of(*days, SlaFigures::of(figures)))
            .collect(),
    };
    let as_of = rows::as_of(&mut tx).await?;
    Ok(Answer { figures, as_of })
}

/// The ratings of a period.
///
/// # Errors
/// There would be too many intervals; the database failed.
pub async fn satisfaction(
    cx: &Context,
    question: &Question,
) -> Result<Answer<SatisfactionReport>, ActionError> {
    let mut tx = store::snapshot(&cx.pool).await?;
    let intervals = intervals(cx, &mut tx, question).await?;
    let of = Counted {
        range: question.period.range(),
        filter: &question.filter,
        assigned: false,
    };
    let all = store::ratings(&mut tx, of, GroupBy::Nothing, &[]).await?;
    let all = all.first().map(|cell| cell.counted).unwrap_or_default();
    let parts = in_intervals(&intervals);
    let cells = store::ratings(&mut tx, within(of, &parts), GroupBy::Nothing, &parts.begins);
    let cells = cells.await?;
    let by_interval = spread(
        &intervals,
        cells.iter().map(|cell| (cell.interval, cell.counted)),
    );
    let as_of = rows::as_of(&mut tx).await?;
    let shown = by_interval.into_iter();
    let figures = SatisfactionReport {
        figures: SatisfactionFigures::of(&all),
        intervals: shown
            .map(|(days, ratings)| InInterval::of(days, SatisfactionFigures::of(&ratings)))
            .collect(),
    };
    Ok(Answer { figures, as_of })
}

/// The backlog at the end of a period and of its intervals, and what changed it. An open end is now.
///
/// # Errors
/// There would be too many intervals; the database failed.
pub async fn backlog(
    cx: &Context,
    question: &Question,
) -> Result<Answer<BacklogReport>, ActionError> {
    let mut tx = store::snapshot(&cx.pool).await?;
    let now = cx.clock.now();
    let intervals = intervals(cx, &mut tx, question).await?;
    let range = question.period.range();
    let of = Counted {
        range,
        filter: &question.filter,
        assigned: false,
    };
    let earliest = store::earliest(&mut tx).await?.unwrap_or(now);
    let end = range.until.map_or(now, |until| until.min(now));
    let begin = range.from.unwrap_or(earliest).min(end);
    let whole = store::backlog(&mut tx, of, &[begin], &[end]).await?;
    let parts = in_intervals(&intervals);
    let ends: Vec<_> = parts.ends.iter().map(|end| *end.min(&now)).collect();
    let points = if ends.is_empty() {
        Vec::new()
    } else {
        store::backlog(&mut tx, of, &parts.begins, &ends).await?
    };
    let as_of = rows::as_of(&mut tx).await?;
    let shown = intervals.iter().zip(points);
    let figures = BacklogReport {
        figures: whole.first().copied().unwrap_or_default().into(),
        intervals: shown
            .map(|(interval, point)| InInterval::of(interval.days, point.into()))
            .collect(),
    };
    Ok(Answer { figures, as_of })
}

/// The instants at which intervals begin, and the first instants after them.
struct Parts {
    begins: Vec<DateTime<Utc>>,
    ends: Vec<DateTime<Utc>>,
}

/// An interval of the question.
struct Part {
    days: Days,
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
}

async fn intervals(
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

fn too_many(message: &str) -> ActionError {
    ActionError::Invalid(vec![FieldError {
        field: "interval".to_owned(),
        code: "too_many",
        message: message.to_owned(),
    }])
}

fn in_intervals(intervals: &[Part]) -> Parts {
    Parts {
        begins: intervals.iter().map(|part| part.begin).collect(),
        ends: intervals.iter().map(|part| part.end).collect(),
    }
}

/// The tickets that were created in the intervals.
fn within<'a>(of: Counted<'a>, parts: &Parts) -> Counted<'a> {
    let range = Range {
        from: parts.begins.first().copied(),
        until: parts.ends.last().copied(),
    };
    Counted { range, ..of }
}

/// One entry of all tickets.
async fn entry(tx: &mut PgConnection, of: Counted<'_>) -> sqlx::Result<Entry> {
    let entries = entries(tx, of, GroupBy::Nothing, &[]).await?;
    Ok(entries.into_iter().next().unwrap_or_default())
}

async fn entries(
    tx: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[Part],
) -> sqlx::Result<Vec<Entry>> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for cell in store::figures(tx, of, by, &[]).await? {
        entry_of(&mut entries, &cell).figures = cell.counted;
    }
    for cell in store::ratings(tx, of, by, &[]).await? {
        entry_of(&mut entries, &cell).ratings = cell.counted;
    }
    if !intervals.is_empty() {
        let parts = in_intervals(intervals);
        let of = within(of, &parts);
        let figures = by_key(store::figures(tx, of, by, &parts.begins).await?);
        let ratings = by_key(store::ratings(tx, of, by, &parts.begins).await?);
        for entry in entries.values_mut() {
            let figures = spread(
                intervals,
                figures.get(&entry.key).into_iter().flatten().copied(),
            );
            let ratings = spread(
                intervals,
                ratings.get(&entry.key).into_iter().flatten().copied(),
            );
            let both = figures.into_iter().zip(ratings);
            entry.intervals = both
                .map(|((days, figures), (_, ratings))| (days, figures, ratings))
                .collect();
        }
    }
    let mut entries: Vec<_> = entries.into_values().collect();
    entries.sort_by_key(|entry| Reverse(entry.figures.total));
    Ok(entries)
}

fn entry_of<'a, T>(entries: &'a mut BTreeMap<String, Entry>, cell: &Cell<T>) -> &'a mut Entry {
    entries.entry(cell.key.clone()).or_insert_with(|| Entry {
        key: cell.key.clone(),
        ..Entry::default()
    })
}

fn by_key<T>(cells: Vec<Cell<T>>) -> BTreeMap<String, Vec<(i32, T)>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for cell in cells {
        found
            .entry(cell.key)
            .or_default()
            .push((cell.interval, cell.counted));
    }
    found
}

/// A value for each interval: what was counted in it, or nothing.
fn spread<T: Copy + Default>(
    intervals: &[Part],
    cells: impl Iterator<Item = (i32, T)>,
) -> Vec<(Days, T)> {
    let found: BTreeMap<i32, T> = cells.collect();
    (1..)
        .zip(intervals)
        .map(|(number, part)| (part.days, found.get(&number).copied().unwrap_or_default()))
        .collect()
}
