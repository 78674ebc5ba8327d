//! The answers to questions for statistics. The caller checks the permission: they are for admins.

use crate::{
    error::ActionError,
    stats::intervals::{Part, Parts, in_intervals, intervals, too_many, within},
    stats::store::{self, Cell, Counted, GroupBy, Quantiles, rows},
};
use chrono::{DateTime, Utc};
use domain::{
    stats::{
        AgentFigures, BacklogPoint, BacklogReport, Days, Figures, InInterval, PrioritySla,
        Question, Ratings, SatisfactionFigures, SatisfactionReport, SlaFigures, SlaReport, Stats,
        StatsFilter, TicketFigures,
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
        (
            TicketFigures::of(&self.figures, &self.ratings),
            shown(&self.intervals),
        )
    }
}

/// The figures to show of each interval.
fn shown(counts: &[(Days, Figures, Ratings)]) -> Vec<InInterval<TicketFigures>> {
    let shown = counts
        .iter()
        .map(|(days, figures, ratings)| InInterval::of(*days, TicketFigures::of(figures, ratings)));
    shown.collect()
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
        assigned: true,
        ..Counted::all(question)
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
    let (whole, unsorted) = (GroupBy::Nothing, Quantiles::LeftOut);
    let agents = one(&store::figures(&mut tx, assigned, whole, &[], unsorted).await?);
    let ratings = one(&store::ratings(&mut tx, assigned, whole, &[]).await?);
    let by_interval = if intervals.is_empty() {
        question.interval.map(|_| Vec::new())
    } else {
        let found = in_each(&mut tx, all, whole, &intervals).await?;
        let found = found.into_values().next();
        Some(shown(&found.unwrap_or_else(|| in_none(&intervals))))
    };
    let as_of = rows::as_of(&mut tx).await?;
    let agents = AgentFigures::of(&agents, &ratings);
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
    let of = Counted::all(question);
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
    let of = Counted::all(question);
    let (whole, unsorted) = (GroupBy::Nothing, Quantiles::LeftOut);
    let all = one(&store::figures(&mut tx, of, whole, &[], unsorted).await?);
    let by_interval = if intervals.is_empty() {
        Vec::new()
    } else {
        let parts = in_intervals(&intervals);
        let of = within(of, &parts);
        let cells = store::figures(&mut tx, of, whole, &parts.begins, unsorted).await?;
        spread(&intervals, &cells)
    };
    let priorities = store::figures(&mut tx, of, GroupBy::Priority, &[], unsorted).await?;
    let priorities = Priority::ALL.iter().rev().filter_map(|priority| {
        let cell = priorities
            .iter()
            .find(|cell| cell.key == priority.as_str())?;
        Some(PrioritySla {
            priority: *priority,
            figures: SlaFigures::of(&cell.counted),
        })
    });
    let intervals = by_interval.iter();
    let figures = SlaReport {
        figures: SlaFigures::of(&all),
        priorities: priorities.collect(),
        intervals: intervals
            .map(|(days, figures)| InInterval::of(*days, SlaFigures::of(figures)))
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
    let of = Counted::all(question);
    let all = one(&store::ratings(&mut tx, of, GroupBy::Nothing, &[]).await?);
    let by_interval = if intervals.is_empty() {
        Vec::new()
    } else {
        let parts = in_intervals(&intervals);
        let of = within(of, &parts);
        let cells = store::ratings(&mut tx, of, GroupBy::Nothing, &parts.begins).await?;
        spread(&intervals, &cells)
    };
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
    let of = Counted::all(question);
    let range = of.range;
    let earliest = store::earliest(&mut tx).await?.unwrap_or(now);
    let end = range.until.map_or(now, |until| until.min(now));
    let begin = range.from.unwrap_or(earliest).min(end);
    let (begins, ends) = if intervals.is_empty() {
        (vec![begin], vec![end])
    } else {
        let Parts { begins, ends } = in_intervals(&intervals);
        (begins, ends.into_iter().map(|end| end.min(now)).collect())
    };
    let points = store::backlog(&mut tx, of, &begins, &ends).await?;
    let as_of = rows::as_of(&mut tx).await?;
    let whole = points.iter().copied().reduce(BacklogPoint::then);
    let shown = intervals.iter().zip(points);
    let figures = BacklogReport {
        figures: whole.unwrap_or_default().into(),
        intervals: shown
            .map(|(interval, point)| InInterval::of(interval.days, point.into()))
            .collect(),
    };
    Ok(Answer { figures, as_of })
}

/// The only group.
fn one<T: Copy + Default>(cells: &[Cell<T>]) -> T {
    cells.first().map(|cell| cell.counted).unwrap_or_default()
}

/// What was counted of each group.
async fn entries(
    tx: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[Part],
) -> sqlx::Result<Vec<Entry>> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for cell in store::figures(tx, of, by, &[], Quantiles::Sorted).await? {
        entry_of(&mut entries, &cell).figures = cell.counted;
    }
    for cell in store::ratings(tx, of, by, &[]).await? {
        entry_of(&mut entries, &cell).ratings = cell.counted;
    }
    if !intervals.is_empty() {
        let mut found = in_each(tx, of, by, intervals).await?;
        for entry in entries.values_mut() {
            let nothing = || in_none(intervals);
            entry.intervals = found.remove(&entry.key).unwrap_or_else(nothing);
        }
    }
    let mut entries: Vec<_> = entries.into_values().collect();
    entries.sort_by_key(|entry| Reverse(entry.figures.total));
    Ok(entries)
}

/// What was counted of a group in each interval.
type Counts = Vec<(Days, Figures, Ratings)>;

/// What was counted of each group in each of the intervals, which are at least one.
async fn in_each(
    tx: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[Part],
) -> sqlx::Result<BTreeMap<String, Counts>> {
    let parts = in_intervals(intervals);
    let of = within(of, &parts);
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for cell in store::figures(tx, of, by, &parts.begins, Quantiles::Sorted).await? {
        if let Some((_, figures, _)) = place(&mut counts, &cell, intervals) {
            *figures = cell.counted;
        }
    }
    for cell in store::ratings(tx, of, by, &parts.begins).await? {
        if let Some((_, _, ratings)) = place(&mut counts, &cell, intervals) {
            *ratings = cell.counted;
        }
    }
    Ok(counts)
}

/// The place of what was counted.
fn place<'a, T>(
    counts: &'a mut BTreeMap<String, Counts>,
    cell: &Cell<T>,
    intervals: &[Part],
) -> Option<&'a mut (Days, Figures, Ratings)> {
    let group = counts
        .entry(cell.key.clone())
        .or_insert_with(|| in_none(intervals));
    group.get_mut(usize::try_from(cell.interval).ok()?.checked_sub(1)?)
}

/// Nothing in each of the intervals.
fn in_none(intervals: &[Part]) -> Counts {
    let days = intervals.iter().map(|part| part.days);
    days.map(|days| (days, Figures::default(), Ratings::default()))
        .collect()
}

fn entry_of<'a, T>(entries: &'a mut BTreeMap<String, Entry>, cell: &Cell<T>) -> &'a mut Entry {
    entries.entry(cell.key.clone()).or_insert_with(|| Entry {
        key: cell.key.clone(),
        ..Entry::default()
    })
}

/// A value for each interval: what was counted in it, or nothing.
fn spread<T: Copy + Default>(intervals: &[Part], cells: &[Cell<T>]) -> Vec<(Days, T)> {
    let cells = cells.iter().map(|cell| (cell.interval, cell.counted));
    let found: BTreeMap<i32, T> = cells.collect();
    (1..)
        .zip(intervals)
        .map(|(number, part)| (part.days, found.get(&number).copied().unwrap_or_default()))
        .collect()
}
