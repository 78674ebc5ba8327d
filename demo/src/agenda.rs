//! The planned entries in the order of time. Arrivals, duties and sweeps are known from the start, the
//! next scene of a ticket when the scene before it has been played.

use super::{home::Home, people::Agent};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use domain::people::{Availability, Department};
use rand::{RngExt, rngs::StdRng};
use std::collections::BTreeMap;

/// A planned entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// The next scene of this ticket; the first one creates it.
    Scene(usize),
    /// This agent sets an availability.
    Duty(usize, Availability),
    /// The scheduler's sweeps.
    Sweep,
    /// Statistics, and the check that the system is not running.
    Tidy,
}

/// Entries by instant; entries of one instant in the order of their insertion.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    entries: BTreeMap<(DateTime<Utc>, u32), Entry>,
    count: u32,
}

impl Agenda {
    pub fn put(&mut self, at: DateTime<Utc>, entry: Entry) {
        self.count = self.count.saturating_add(1);
        self.entries.insert((at, self.count), entry);
    }

    /// Takes the next entry, unless it is after `end`.
    pub fn next(&mut self, end: DateTime<Utc>) -> Option<(DateTime<Utc>, Entry)> {
        let ((at, _), entry) = self.entries.pop_first()?;
        (at <= end).then_some((at, entry))
    }

    /// Adds the sweeps of every three hours and the daily clean-up.
    pub fn put_rounds(&mut self, start: DateTime<Utc>, end: DateTime<Utc>) {
        let mut at = start;
        let mut round = 0_u32;
        while at < end {
            round += 1;
            at += TimeDelta::hours(3);
            self.put(at, Entry::Sweep);
            if round.is_multiple_of(8) {
                self.put(at, Entry::Tidy);
            }
        }
    }

    /// Adds an agent's days: available at the beginning of a shift, away or busy now and
    /// then, offline at the end.
    pub fn put_duties(
        &mut self,
        (index, agent): (usize, &Agent),
        (start, end): (DateTime<Utc>, DateTime<Utc>),
        chance: &mut StdRng,
    ) {
        let quarter = TimeDelta::minutes(15);
        let mut at = start.with_minute(0).unwrap_or(start);
        let mut works = false;
        while at < end {
            let worked = std::mem::replace(&mut works, agent.works_at(at));
            let late = TimeDelta::seconds(chance.random_range(0..420));
            if works && !worked {
                self.put(
                    at.max(start) + late,
                    Entry::Duty(index, Availability::Available),
                );
                // Complaints has one agent at each level: nobody would be left.
                let spared = agent.department != Department::Complaints;
                if spared && chance.random_bool(0.3) && agent.works_at(at + TimeDelta::hours(7)) {
                    self.put_lunch(index, at + TimeDelta::hours(4), chance);
                }
            } else if worked && !works {
                self.put(at + late, Entry::Duty(index, Availability::Offline));
            }
            at += quarter;
        }
    }

    fn put_lunch(&mut self, agent: usize, from: DateTime<Utc>, chance: &mut StdRng) {
        let out = from + TimeDelta::minutes(chance.random_range(0..60));
        let return_at = out + TimeDelta::minutes(chance.random_range(30..50));
        self.put(out, Entry::Duty(agent, Availability::Away));
        self.put(return_at, Entry::Duty(agent, Availability::Available));
        if chance.random_bool(0.2) {
            let busy = return_at + TimeDelta::minutes(chance.random_range(20..60));
            let done = busy + TimeDelta::minutes(chance.random_range(20..60));
            self.put(busy, Entry::Duty(agent, Availability::Busy));
            self.put(done, Entry::Duty(agent, Availability::Available));
        }
    }
}

/// Arrivals in each hour of the local day, relative to the busiest hour.
const BY_HOUR: [f64; 24] = [
    0.02, 0.01, 0.01, 0.01, 0.02, 0.05, 0.15, 0.45, 0.85, 1.0, 1.0, 0.88, 0.7, 0.7, 0.76, 0.76,
    0.7, 0.62, 0.5, 0.42, 0.3, 0.16, 0.08, 0.04,
];
/// The same for each day of the week, from Monday.
const BY_DAY: [f64; 7] = [1.0, 0.9, 0.86, 0.82, 0.86, 0.5, 0.32];

/// The instants of new tickets, in order.
pub(super) fn arrivals(
    count: usize,
    home: Home,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
    chance: &mut StdRng,
) -> Vec<DateTime<Utc>> {
    let mut instants = Vec::with_capacity(count);
    let span = (end - start).num_seconds().max(1);
    while instants.len() < count {
        let at = start + TimeDelta::seconds(chance.random_range(0..span));
        let (hour, day) = home.hour_and_day(at);
        let share = BY_HOUR.get(hour).zip(BY_DAY.get(day));
        if chance.random_bool(share.map_or(1.0, |(hour, day)| hour * day)) {
            instants.push(at);
        }
    }
    instants.sort_unstable();
    instants
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn tickets_come_by_day_and_on_working_days() {
        let start: DateTime<Utc> = "2025-10-01T00:00:00Z".parse().unwrap();
        let end = start + TimeDelta::weeks(5);
        let nairobi = Home::at("2025-10-08T11:30:00Z".parse().unwrap());
        let mut chance = StdRng::seed_from_u64(1);
        let instants = arrivals(2_000, nairobi, (start, end), &mut chance);
        assert_eq!(instants.len(), 2_000);
        assert!(instants.is_sorted() && instants[0] >= start && instants[1_999] <= end);
        let night = instants.iter().filter(|at| at.hour() < 3).count();
        let day = instants
            .iter()
            .filter(|at| (5..8).contains(&at.hour()))
            .count();
        assert!(day > night * 8, "{day} by day, {night} by night");
    }

    #[test]
    fn entries_come_in_the_order_of_time_and_none_after_the_end() {
        let start: DateTime<Utc> = "2025-10-01T00:00:00Z".parse().unwrap();
        let mut agenda = Agenda::default();
        agenda.put(start + TimeDelta::hours(2), Entry::Scene(2));
        agenda.put(start, Entry::Scene(0));
        agenda.put(start, Entry::Scene(1));
        let end = start + TimeDelta::hours(1);
        assert_eq!(agenda.next(end), Some((start, Entry::Scene(0))));
        assert_eq!(agenda.next(end), Some((start, Entry::Scene(1))));
        assert_eq!(agenda.next(end), None);
    }
}
