//! The work of the support team, as series for Prometheus: open tickets and their age by department, and how
//! the tickets of the last seven days went. Pure.

use crate::standing::{
    age::{Seconds, age},
    labels::{BacklogLabel, DepartmentLabel},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Department;
use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::Registry,
};

/// The period of the figures that need one.
pub(super) const WEEK: TimeDelta = TimeDelta::days(7);

/// The open tickets of a department, by age: those younger than an hour, a day and a week, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OpenTickets {
    pub department: Department,
    pub of_the_hour: i64,
    pub of_the_day: i64,
    pub of_the_week: i64,
    pub older: i64,
    /// Those that wait for an agent.
    pub unassigned: i64,
    /// The creation of the oldest of these.
    pub unassigned_since: Option<DateTime<Utc>>,
}

impl OpenTickets {
    const fn none(department: Department) -> Self {
        Self {
            department,
            of_the_hour: 0,
            of_the_day: 0,
            of_the_week: 0,
            older: 0,
            unassigned: 0,
            unassigned_since: None,
        }
    }

    const fn by_age(&self) -> [(&'static str, i64); 4] {
        [
            ("hour", self.of_the_hour),
            ("day", self.of_the_day),
            ("week", self.of_the_week),
            ("older", self.older),
        ]
    }
}

/// The tickets of a department that were created in the last seven days and are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResolvedTickets {
    pub department: Department,
    pub resolved: i64,
    /// With both clocks met.
    pub compliant: i64,
}

/// Ratings of tickets that were created in the last seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WeekRatings {
    pub count: i64,
    pub sum: i64,
}

/// The work of the support team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backlog {
    pub open: Vec<OpenTickets>,
    pub resolved: Vec<ResolvedTickets>,
    pub ratings: WeekRatings,
}

impl Backlog {
    /// Registers the series. Every department has each of them, so that none ends when its last ticket is closed.
    pub fn register(&self, registry: &mut Registry, now: DateTime<Utc>) {
        self.register_open(registry, now);
        self.register_week(registry);
    }

    fn register_open(&self, registry: &mut Registry, now: DateTime<Utc>) {
        let open = Family::<BacklogLabel, Gauge>::default();
        let unassigned = Family::<DepartmentLabel, Gauge>::default();
        let oldest = Family::<DepartmentLabel, Seconds>::default();
        for department in Department::ALL {
            let found = self.open.iter().find(|it| it.department == *department);
            let nothing = OpenTickets::none(*department);
            let tickets = found.unwrap_or(&nothing);
            let department = department.as_str();
            for (age, count) in tickets.by_age() {
                let label = BacklogLabel { department, age };
                open.get_or_create(&label).set(count);
            }
            let label = DepartmentLabel { department };
            unassigned.get_or_create(&label).set(tickets.unassigned);
            let waited = age(tickets.unassigned_since, now);
            oldest.get_or_create(&label).set(waited);
        }
        registry.register(
            "open_tickets",
            "Tickets that are neither resolved nor closed, by department and age: younger than an hour, a day, a week, or older",
            open,
        );
        registry.register(
            "unassigned_tickets",
            "Open tickets that wait for an agent, by department",
            unassigned,
        );
        registry.register(
            "unassigned_oldest_seconds",
            "The age of the oldest ticket that waits for an agent, by department",
            oldest,
        );
    }

    fn register_week(&self, registry: &mut Registry) {
        let resolved = Family::<DepartmentLabel, Gauge>::default();
        let compliant = Family::<DepartmentLabel, Gauge>::default();
        for department in Department::ALL {
            let found = self.resolved.iter().find(|it| it.department == *department);
            let department = department.as_str();
            let label = DepartmentLabel { department };
            resolved
                .get_or_create(&label)
                .set(found.map_or(0, |it| it.resolved));
            compliant
                .get_or_create(&label)
                .set(found.map_or(0, |it| it.compliant));
        }
        registry.register(
            "week_resolved_tickets",
            "Tickets of the last seven days that are resolved or closed, by department",
            resolved,
        );
        registry.register(
            "week_compliant_tickets",
            "Those of them that met their targets for the first response and the resolution",
            compliant,
        );
        let (count, sum) = (Gauge::<i64>::default(), Gauge::<i64>::default());
        count.set(self.ratings.count);
        sum.set(self.ratings.sum);
        registry.register(
            "week_ratings",
            "Ratings of tickets of the last seven days",
            count,
        );
        registry.register(
            "week_rating_sum",
            "The sum of these ratings, of 1 to 5 each",
            sum,
        );
    }
}
